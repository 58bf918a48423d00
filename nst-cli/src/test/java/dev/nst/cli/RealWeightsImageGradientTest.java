package dev.nst.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.ImageGradientContract;
import dev.nst.converter.CheckpointConverter;
import dev.nst.converter.ConversionOptions;
import dev.nst.converter.ProgressListener;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.tensor.DType;
import dev.nst.weights.Safetensors;
import dev.nst.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** The picture's gradient on {@code cpu-vector} with trained weights and a photograph. */
class RealWeightsImageGradientTest extends ImageGradientContract {

  private static final Path SHARED = Path.of("..", "..", "shared");
  private static final int SHORT_EDGE = 53;

  @TempDir static Path folder;

  private Safetensors weights;

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }

  @Override
  protected WeightSource weights() {
    Path file = folder.resolve("vgg19.safetensors");
    CheckpointConverter.convert(
        shared("weights/vgg19-features.pth"),
        file,
        ConversionOptions.of(DType.F32),
        ProgressListener.none());
    weights = Safetensors.open(file);
    return weights;
  }

  @AfterAll
  void closeWeights() {
    if (weights != null) {
      weights.close();
    }
  }

  @Override
  protected Image picture() {
    return Images.read(shared("images/content/tubingen.jpg"), SHORT_EDGE);
  }

  @Override
  protected Image target() {
    return Images.read(shared("images/content/hoovertowernight.jpg"), SHORT_EDGE);
  }

  private static Path shared(String name) {
    Path file = SHARED.resolve(name);
    assumeTrue(Files.exists(file), () -> "not on this machine: " + file);
    return file;
  }
}
