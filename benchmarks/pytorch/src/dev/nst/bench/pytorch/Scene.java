package dev.nst.bench.pytorch;

import dev.nst.model.Vgg19Layer;
import java.util.Random;

/**
 * The pictures and the weights that every contestant uses, made by one formula, so that nothing has
 * to be handed from process to process. The time of an iteration does not depend on the values.
 */
final class Scene {

  private static final int CONTENT_SEED = 101;
  private static final int STYLE_SEED = 102;
  private static final double LARGEST_BIAS = 0.1;

  private Scene() {}

  /** Returns the photograph, {@code [3, edge, edge]} in [0, 1]. */
  static float[] content(int edge) {
    return uniform(CONTENT_SEED, 3 * edge * edge, 0, 1);
  }

  /**
   * Returns the painting, {@code [3, edge, edge]} in [0, 0.5]: with the statistics of the
   * photograph, the style loss would be the difference of like numbers and say little.
   */
  static float[] style(int edge) {
    return uniform(STYLE_SEED, 3 * edge * edge, 0, 0.5);
  }

  /**
   * Returns a layer's weights {@code [K, C, 3, 3]}, He-uniform: maps keep their size with depth.
   */
  static float[] weights(Vgg19Layer layer) {
    double bound = Math.sqrt(6.0 / (9 * layer.inChannels()));
    int count = 9 * layer.inChannels() * layer.outChannels();
    return uniform(2L * layer.ordinal(), count, -bound, bound);
  }

  /** Returns a layer's biases {@code [K]}. */
  static float[] bias(Vgg19Layer layer) {
    return uniform(2L * layer.ordinal() + 1, layer.outChannels(), -LARGEST_BIAS, LARGEST_BIAS);
  }

  private static float[] uniform(long seed, int count, double from, double to) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (from + (to - from) * random.nextFloat());
    }
    return values;
  }
}
