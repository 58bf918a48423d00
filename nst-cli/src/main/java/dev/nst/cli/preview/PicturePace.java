package dev.nst.cli.preview;

/**
 * Says when the next picture is due: twice a second, or later where fetching and encoding one takes
 * so long that it would slow the run by more than about a percent.
 */
final class PicturePace {

  private static final long SHORTEST_NANOS = 500_000_000;

  /** Encoding keeps one core busy, of which even a small machine has two. */
  private static final long TIMES_THE_COST = 50;

  private volatile long next;
  private volatile boolean busy;

  /**
   * Starts with a picture being due.
   *
   * @param now on the clock in nanoseconds that all methods are told
   */
  PicturePace(long now) {
    next = now;
  }

  /** Returns whether the picture before is shown and it is time for another. */
  boolean isDue(long now) {
    return !busy && now - next >= 0;
  }

  /** Hears that a picture is being fetched. */
  void begin() {
    busy = true;
  }

  /**
   * Hears that the picture is ready.
   *
   * @param began when it was begun
   */
  void end(long began, long now) {
    next = now + Math.max(SHORTEST_NANOS, TIMES_THE_COST * (now - began));
    busy = false;
  }
}
