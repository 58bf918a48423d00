package dev.nst.transfer;

import dev.nst.image.Image;
import java.util.function.Supplier;

/** One finished iteration. Valid only during the call that delivers it. */
public final class Step {

  private final int iteration;
  private final int iterations;
  private final Losses losses;
  private final double seconds;
  private final Supplier<Image> image;

  Step(int iteration, int iterations, Losses losses, double seconds, Supplier<Image> image) {
    this.iteration = iteration;
    this.iterations = iterations;
    this.losses = losses;
    this.seconds = seconds;
    this.image = image;
  }

  /** Returns the number of this iteration, counted from 0. */
  public int iteration() {
    return iteration;
  }

  /** Returns how many iterations the recipe asks for. */
  public int iterations() {
    return iterations;
  }

  /** Returns the weighted losses of the picture as it was before this iteration's step. */
  public Losses losses() {
    return losses;
  }

  /** Returns the seconds since the run began. */
  public double seconds() {
    return seconds;
  }

  /** Fetches the picture as it is after this iteration's step, clamped to [0, 1]. */
  public Image image() {
    return image.get();
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "iteration %d of %d: total %.4g, content %.4g, style %.4g, tv %.4g, %.1f s",
        iteration + 1,
        iterations,
        losses.total(),
        losses.content(),
        losses.style(),
        losses.tv(),
        seconds);
  }
}
