package dev.nst.cli.watch;

import dev.nst.NstException;
import dev.nst.image.Image;
import dev.nst.transfer.Losses;
import dev.nst.transfer.Step;
import java.util.function.Supplier;

/**
 * A finished iteration, as watchers see it: losses and picture are fetched from the device when the
 * first of them asks, and once for all. Valid only during the call that delivers it.
 */
public final class Moment {

  private final int done;
  private final int iterations;
  private final double seconds;
  private final Supplier<Losses> reader;
  private final Supplier<Image> fetcher;
  private Losses losses;
  private Image picture;
  private NstException failure;

  /**
   * A moment of any run.
   *
   * @param done iterations finished, at least 1
   * @param iterations of the whole run
   * @param seconds since the run began
   * @param reader reads the losses
   * @param fetcher fetches the picture
   */
  public Moment(
      int done, int iterations, double seconds, Supplier<Losses> reader, Supplier<Image> fetcher) {
    this.done = done;
    this.iterations = iterations;
    this.seconds = seconds;
    this.reader = reader;
    this.fetcher = fetcher;
  }

  /** Returns the moment at which {@code step} was finished. */
  public static Moment of(Step step) {
    return new Moment(
        step.iteration() + 1, step.iterations(), step.seconds(), step::losses, step::image);
  }

  /** Returns the number of iterations finished, at least 1. */
  public int done() {
    return done;
  }

  /** Returns how many iterations the run is to have. */
  public int iterations() {
    return iterations;
  }

  /** Returns whether this is the last iteration that the run is to have. */
  public boolean isLast() {
    return done == iterations;
  }

  /** Returns the seconds since the run began. */
  public double seconds() {
    return seconds;
  }

  /**
   * Returns the weighted losses of the picture before this iteration's step. Waits for the device.
   *
   * @throws NstException if they are no longer numbers
   */
  public Losses losses() {
    if (losses == null) {
      losses = fetch(reader);
    }
    return losses;
  }

  /**
   * Returns the picture after this iteration's step, clamped to [0, 1]. Waits for the device.
   *
   * @throws NstException if it is no longer made of numbers
   */
  public Image picture() {
    if (picture == null) {
      picture = fetch(fetcher);
    }
    return picture;
  }

  private <T> T fetch(Supplier<T> from) {
    try {
      return from.get();
    } catch (NstException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Returns whether losses or picture could not be had: then it is not the watcher that failed, but
   * the run.
   */
  public boolean isBroken() {
    return failure != null;
  }
}
