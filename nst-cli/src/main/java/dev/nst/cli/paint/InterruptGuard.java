package dev.nst.cli.paint;

import java.util.concurrent.CountDownLatch;

/**
 * Gives Ctrl-C (and SIGTERM) a gentle meaning while it is open: the JVM's shutdown is held up by a
 * hook until the work has been asked to stop, has stopped, and has closed this guard.
 */
final class InterruptGuard implements AutoCloseable {

  private final Runnable stop;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "nst-interrupt");
  private volatile boolean interrupted;

  private InterruptGuard(Runnable stop) {
    this.stop = stop;
  }

  /**
   * Starts guarding.
   *
   * @param stop asks the work to stop, from another thread
   */
  static InterruptGuard arm(Runnable stop) {
    InterruptGuard guard = new InterruptGuard(stop);
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  /** Asks the work to stop and waits until it has. */
  void interrupt() {
    interrupted = true;
    stop.run();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the user wants the work to stop. */
  boolean interrupted() {
    return interrupted;
  }

  @Override
  public void close() {
    finished.countDown();
    if (!interrupted) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The interrupt came just now, when there was nothing left to stop.
        interrupted = true;
      }
    }
  }
}
