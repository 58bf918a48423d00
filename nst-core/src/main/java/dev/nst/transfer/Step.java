package dev.nst.transfer;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import java.util.Locale;
import java.util.function.Supplier;

/** One finished iteration. What is read from the device is valid only during the call. */
public final class Step {

  private final Position position;
  private final double seconds;
  private final Supplier<Losses> reader;
  private final Supplier<Image> image;
  private Losses losses;
  private boolean over;

  /**
   * Where in a run an iteration stands.
   *
   * @param iteration counted from 0 over all stages
   * @param iterations of all stages together
   * @param stage counted from 0
   * @param stages how many there are
   * @param size of the picture in this stage
   */
  record Position(int iteration, int iterations, int stage, int stages, Dimensions size) {}

  /**
   * One iteration.
   *
   * @param reader reads the losses from the device
   * @param image fetches the picture from the device
   */
  Step(Position position, double seconds, Supplier<Losses> reader, Supplier<Image> image) {
    this.position = position;
    this.seconds = seconds;
    this.reader = reader;
    this.image = image;
  }

  /** Returns the number of this iteration, counted from 0 over all stages. */
  public int iteration() {
    return position.iteration();
  }

  /** Returns how many iterations all stages have together. */
  public int iterations() {
    return position.iterations();
  }

  /** Returns the number of the stage that this iteration belongs to, counted from 0. */
  public int stage() {
    return position.stage();
  }

  /** Returns how many stages the run has. */
  public int stages() {
    return position.stages();
  }

  /** Returns the size of the picture in this stage; the last stage has the result's. */
  public Dimensions size() {
    return position.size();
  }

  /**
   * Returns the weighted losses of the picture as it was before this iteration's step. The first
   * call waits for the device to finish the iteration; a listener that does not ask lets the device
   * run ahead.
   *
   * @throws dev.nst.NstException if a loss is no longer a number
   * @throws IllegalStateException if this step is over and nobody asked before
   */
  public Losses losses() {
    if (losses == null) {
      requireCurrent("losses");
      losses = reader.get();
    }
    return losses;
  }

  /**
   * Returns the seconds since the run began; a device may by then be a few iterations behind, never
   * much more than a tenth of a second.
   */
  public double seconds() {
    return seconds;
  }

  /**
   * Fetches the picture as it is after this iteration's step, of {@link #size}, clamped to [0, 1].
   *
   * @throws dev.nst.NstException if the picture is no longer made of numbers
   * @throws IllegalStateException if this step is over
   */
  public Image image() {
    requireCurrent("picture");
    return image.get();
  }

  private void requireCurrent(String what) {
    if (over) {
      throw new IllegalStateException(
          "the "
              + what
              + " of iteration "
              + (iteration() + 1)
              + " must be asked for during the call that delivers the step");
    }
  }

  /** Forbids to read from the device, which goes on with the next iteration. */
  void end() {
    over = true;
  }

  /** Describes this step with its losses, which are read for it. */
  @Override
  public String toString() {
    Losses read = losses();
    return String.format(
        Locale.ROOT,
        "iteration %d of %d: total %.4g, content %.4g, style %.4g, tv %.4g, %.1f s",
        iteration() + 1,
        iterations(),
        read.total(),
        read.content(),
        read.style(),
        read.tv(),
        seconds);
  }
}
