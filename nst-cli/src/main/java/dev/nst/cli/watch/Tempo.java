package dev.nst.cli.watch;

/**
 * How fast a run gets on. Its first iteration prepares what the others use, so it says nothing of
 * their speed.
 */
public final class Tempo {

  private int done;
  private double seconds;
  private double firstSeconds;

  /**
   * Takes note of an iteration.
   *
   * @param nowDone iterations finished
   * @param nowSeconds since the run began
   */
  public void onStep(int nowDone, double nowSeconds) {
    if (done == 0) {
      firstSeconds = nowSeconds;
    }
    done = nowDone;
    seconds = nowSeconds;
  }

  /** Returns the seconds that the first iteration took. */
  public double firstSeconds() {
    return firstSeconds;
  }

  /** Returns the seconds since the run began. */
  public double seconds() {
    return seconds;
  }

  /** Returns the iterations a second, not a number before the second iteration. */
  public double perSecond() {
    return done < 2 ? Double.NaN : (done - 1) / (seconds - firstSeconds);
  }

  /**
   * Returns the seconds left at this speed, not a number before the second iteration.
   *
   * @param iterations of the whole run
   */
  public double secondsLeft(int iterations) {
    return (iterations - done) / perSecond();
  }
}
