package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** The code that cuDNN and cuBLAS load when they are first used. */
final class LibraryCode {

  /** The map on which libraries load their code. */
  private static final int CHANNELS = 16;

  private static final int SIDE = 8;

  private LibraryCode() {}

  /**
   * Runs what libraries load code for once, on tiny maps: that code takes memory of the device,
   * which {@link Backend#availableBytes} must not count as free.
   */
  static void load(Backend backend) {
    Shape shape = Shape.features(CHANNELS, SIDE, SIDE);
    float[] weights = new float[CHANNELS * CHANNELS * 9];
    try (Arena arena = backend.openArena("code");
        ConvFilter filter =
            backend.prepareFilter(weights, new float[CHANNELS], CHANNELS, CHANNELS)) {
      Tensor x = arena.allocate(shape, backend.featureType());
      Tensor y = arena.allocate(shape, backend.featureType());
      Tensor gram = arena.allocate(Shape.matrix(CHANNELS, CHANNELS));
      backend.fill(x, 1);
      backend.conv3x3Relu(y, x, filter);
      backend.gram(gram, y, 1);
      backend.gramBackward(x, gram, y, 1, false);
      backend.conv3x3Backward(y, x, filter);
      backend.synchronize();
    }
  }
}
