package dev.nst.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * One call of {@link WorkerPool#parallelFor}. Whoever works on it, the caller and the helpers in
 * its seats, claims one index after another.
 */
final class Loop {

  /** The worker number of the thread that called. */
  static final int CALLER = 0;

  private final int tasks;
  private final WorkerPool.Task task;
  private final Seats seats;
  private final Thread caller = Thread.currentThread();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean callerParks;

  /** A loop of the current thread over the indices below {@code tasks}. */
  Loop(int tasks, WorkerPool.Task task, Seats seats) {
    this.tasks = tasks;
    this.task = task;
    this.seats = seats;
  }

  Seats seats() {
    return seats;
  }

  /** Returns how many helpers find something to do here at most. */
  int helpersWanted() {
    return Math.min(tasks - 1, seats.count());
  }

  boolean hasWork() {
    return next.get() < tasks;
  }

  /**
   * Runs the next index, or skips it if another failed. Never throws what a task throws.
   *
   * @param worker who runs it
   * @return whether there was an index left
   */
  boolean runNext(int worker) {
    if (!hasWork()) {
      return false;
    }
    int index = next.getAndIncrement();
    if (index >= tasks) {
      return false;
    }
    try {
      if (failure.get() == null) {
        task.run(index, worker);
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
    if (finished.incrementAndGet() == tasks && callerParks) {
      LockSupport.unpark(caller);
    }
    return true;
  }

  /**
   * Waits for the helpers' last indices; for the caller, when {@link #hasWork} has become false.
   *
   * @param helpers who tell whether another caller could use the core
   */
  void awaitEnd(HelperThreads helpers) {
    boolean interrupted = false;
    long since = System.nanoTime();
    while (finished.get() < tasks) {
      if (helpers.haveNothingToDo() && System.nanoTime() - since < HelperThreads.SPIN_NANOS) {
        Thread.onSpinWait();
        continue;
      }
      callerParks = true;
      // The helper of the last index either sees that or has been seen here to be done.
      if (finished.get() < tasks) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      caller.interrupt();
    }
  }

  /** Throws the first exception of a task, if there was one. */
  void rethrow() {
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }
}
