package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.model.Pooling;
import dev.nst.model.RandomWeights;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import dev.nst.weights.WeightSource;
import java.util.Random;

/**
 * Iterations of {@code gatys} (forward, losses, backward, Adam) between pictures of noise on random
 * features, which cost what real ones cost.
 */
final class Gatys implements Contestant {

  /** Edge of the pictures that random features are fitted to: features do not know a size. */
  private static final int FITTED_EDGE = 64;

  private final Vgg19 vgg;
  private final StyleTransfer job;
  private final Iterations iterations;

  /**
   * Describes a job; its first run sets it up.
   *
   * @param edge both edges of content and style, in pixels
   */
  Gatys(Backend backend, WeightSource weights, int edge) {
    vgg = Vgg19.of(backend, weights);
    boolean complete = false;
    try {
      job =
          StyleTransfer.on(vgg)
              .content(noise(edge, 1))
              .style(noise(edge, 2))
              .recipe(Recipe.gatys().withSize(edge).withIterations(Integer.MAX_VALUE))
              .build();
      iterations = new Iterations(backend, job);
      complete = true;
    } finally {
      if (!complete) {
        vgg.close();
      }
    }
  }

  /** Returns features for all entrants, so that they compute the same. */
  static WeightSource weights(Backend backend) {
    return RandomWeights.calibrated(
        backend, 0, Pooling.MAX, noise(FITTED_EDGE, 1), noise(FITTED_EDGE, 2));
  }

  private static Image noise(int edge, long seed) {
    Random random = new Random(seed);
    float[] values = new float[3 * edge * edge];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Image.of(edge, edge, values);
  }

  /**
   * Returns the operations of an iteration: the convolutions down to conv5_2, forward and backward,
   * by the direct method.
   */
  static double operations(int edge) {
    double operations = 0;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (layer.compareTo(Vgg19Layer.CONV5_2) <= 0) {
        int block = layer.id().charAt("conv".length()) - '1';
        double area = (double) (edge >> block) * (edge >> block);
        operations += 2 * 2 * 9 * area * layer.inChannels() * layer.outChannels();
      }
    }
    return operations;
  }

  long plannedBytes() {
    return job.peakBytes();
  }

  @Override
  public double run(int times) {
    return iterations.run(times);
  }

  /** Ends the job and gives back its memory. */
  @Override
  public void close() {
    iterations.close();
    vgg.close();
  }
}
