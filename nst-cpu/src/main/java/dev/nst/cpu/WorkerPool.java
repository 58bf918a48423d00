package dev.nst.cpu;

import dev.nst.NstException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The workers of one backend, which share the tasks of one loop after another. The calling thread
 * is worker 0 and works from begin to end; the others are {@link HelperThreads} that all pools have
 * in common, so that a loop has fewer of them, or none, while other callers keep the cores busy.
 *
 * <p>Which worker runs which task changes from run to run. A result that must not depend on the
 * number of threads therefore has to come from tasks that depend on their index alone, and no task
 * may wait for another.
 *
 * <p>One thread at a time calls {@link #parallelFor}; tasks do not call it on their own pool. Pools
 * may be used at the same time, even by each other's tasks.
 */
public final class WorkerPool implements AutoCloseable {

  /** One index of a loop. */
  @FunctionalInterface
  public interface Task {

    /**
     * Runs one index.
     *
     * @param index in {@code [0, tasks)}
     * @param worker who runs it, in {@code [0, threads)}; chooses a workspace
     */
    void run(int index, int worker);
  }

  private enum State {
    IDLE,
    IN_LOOP,
    CLOSED
  }

  private final HelperThreads helpers;
  private final int threads;
  private final Seats seats;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  /**
   * Opens a pool, which starts helpers if there are too few.
   *
   * @param threads workers in all, the caller included; at least 1
   * @throws NstException if the system cannot start so many
   */
  public WorkerPool(int threads) {
    this(HelperThreads.SHARED, threads);
  }

  WorkerPool(HelperThreads helpers, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a pool needs at least 1 thread, got " + threads);
    }
    this.helpers = helpers;
    this.threads = threads;
    seats = new Seats(threads - 1);
    helpers.join(threads);
  }

  /** Returns the number of workers, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code task} once for every index below {@code tasks}; free workers claim indices in
   * ascending order. Returns when all are done. If a task throws, the indices not yet begun are
   * skipped and the first exception is thrown here.
   *
   * @param tasks at least 0
   * @throws IllegalStateException if the pool is closed or in a loop already
   */
  public void parallelFor(int tasks, Task task) {
    if (tasks < 0) {
      throw new IllegalArgumentException("a loop needs at least 0 tasks, got " + tasks);
    }
    if (!state.compareAndSet(State.IDLE, State.IN_LOOP)) {
      throw new IllegalStateException(
          state.get() == State.CLOSED
              ? "the worker pool is closed"
              : "a loop of this worker pool is not over yet; a backend serves one thread at a time,"
                  + " and not its own tasks");
    }
    try {
      if (tasks == 1) {
        task.run(0, Loop.CALLER);
      } else if (tasks > 1) {
        share(new Loop(tasks, task, seats));
      }
    } finally {
      state.compareAndSet(State.IN_LOOP, State.IDLE);
    }
  }

  private void share(Loop loop) {
    helpers.offer(loop);
    try {
      while (loop.runNext(Loop.CALLER)) {
        // until no index is left
      }
    } finally {
      helpers.withdraw(loop);
    }
    loop.awaitEnd(helpers);
    loop.rethrow();
  }

  /**
   * Ends the helpers that no other pool needs; returns when they are gone. A second close does
   * nothing.
   */
  @Override
  public void close() {
    if (state.getAndSet(State.CLOSED) != State.CLOSED) {
      helpers.leave(threads);
    }
  }
}
