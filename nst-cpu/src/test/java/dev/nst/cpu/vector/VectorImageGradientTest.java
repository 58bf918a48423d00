package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.ImageGradientContract;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.weights.WeightSource;

class VectorImageGradientTest extends ImageGradientContract {

  private static final int HEIGHT = 53;
  private static final int WIDTH = 70;

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }

  @Override
  protected WeightSource weights() {
    return SyntheticWeights.source();
  }

  @Override
  protected Image picture() {
    return Image.of(WIDTH, HEIGHT, SyntheticImages.image(3, HEIGHT, WIDTH));
  }

  @Override
  protected Image target() {
    return Image.of(WIDTH, HEIGHT, SyntheticImages.image(1, HEIGHT, WIDTH));
  }
}
