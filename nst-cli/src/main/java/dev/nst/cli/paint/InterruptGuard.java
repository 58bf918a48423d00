package dev.nst.cli.paint;

import java.util.concurrent.CountDownLatch;

/**
 * Gives Ctrl-C (and SIGTERM) a gentle meaning while it is armed: the JVM's shutdown is held up by a
 * hook until the work has been asked to stop, has stopped, and the guard was closed. It is closed
 * by whoever prints the last message of the process, because nothing is printed after that.
 */
public final class InterruptGuard implements AutoCloseable {

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile Runnable stop;
  private Thread hook;
  private volatile boolean interrupted;
  private volatile boolean asked;

  /**
   * Starts guarding.
   *
   * @param action asks the work to stop, from another thread
   * @throws IllegalStateException if it is armed already
   */
  void arm(Runnable action) {
    if (hook != null) {
      throw new IllegalStateException("one guard guards one run at a time");
    }
    stop = action;
    Thread thread = new Thread(this::interrupt, "nst-interrupt");
    try {
      Runtime.getRuntime().addShutdownHook(thread);
      hook = thread;
    } catch (IllegalStateException e) {
      // The interrupt came just now; the JVM ends without waiting for the work.
      interrupted = true;
      action.run();
    }
  }

  /** Asks the work to stop and waits until its last message is out. */
  void interrupt() {
    interrupted = true;
    stop.run();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks the work to stop as an interrupt does, while the process goes on; safe from any thread.
   *
   * @return whether there was work to ask
   */
  boolean ask() {
    Runnable armed = stop;
    if (armed == null) {
      return false;
    }
    asked = true;
    armed.run();
    return true;
  }

  /** Returns whether the user wants the work to stop. */
  boolean interrupted() {
    return interrupted || asked;
  }

  /** Ends the guarding of work that is over; a shutdown that has begun waits for {@link #close}. */
  void disarm() {
    if (!interrupted) {
      stop = null;
    }
    if (hook != null && !interrupted) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
        hook = null;
      } catch (IllegalStateException e) {
        // The interrupt came just now, when there was nothing left to stop.
        interrupted = true;
      }
    }
  }

  @Override
  public void close() {
    disarm();
    finished.countDown();
  }
}
