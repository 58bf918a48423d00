package dev.nst.transfer;

import dev.nst.backend.Backend;
import java.util.function.LongSupplier;

/**
 * Keeps the host from running far ahead of a device that works through iterations on its own:
 * without it, a run that nobody listens to would be handed over within moments, and cancelling
 * would come too late. The host waits about ten times a second, however long an iteration takes,
 * which costs the device nothing to speak of.
 */
final class Pace {

  private static final double WINDOW_NANOS = 1e8;

  private final Backend backend;
  private final LongSupplier clock;
  private long since;
  private int ahead;
  private int allowed = 1;

  /**
   * Starts with one iteration at a time.
   *
   * @param clock in nanoseconds
   */
  Pace(Backend backend, LongSupplier clock) {
    this.backend = backend;
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  /** Hears that another iteration was handed to the device, and waits if it is time to. */
  void onIteration() {
    ahead++;
    if (ahead < allowed) {
      return;
    }
    backend.synchronize();
    long now = clock.getAsLong();
    double each = Math.max(now - since, 1) / (double) ahead;
    // Grows slowly, so that one lucky measurement hands over no more than twice as many.
    allowed = (int) Math.max(1, Math.min(WINDOW_NANOS / each, 2.0 * allowed));
    since = now;
    ahead = 0;
  }
}
