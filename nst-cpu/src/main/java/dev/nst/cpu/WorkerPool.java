package dev.nst.cpu;

import dev.nst.NstException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed number of threads that share the tasks of one loop after another. The calling thread is
 * worker 0 and works too; the others are daemon threads that wait parked while there is nothing to
 * do.
 *
 * <p>Which worker runs which task changes from run to run. A result that must not depend on the
 * number of threads therefore has to come from tasks that depend on their index alone.
 *
 * <p>One thread at a time calls {@link #parallelFor}; tasks do not call it.
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

  /** Kernels follow each other within microseconds: waiting that long saves a wake-up. */
  private static final long SPIN_NANOS = 30_000;

  private final Thread[] helpers;
  private volatile Loop current;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param name prefix of the threads' names
   * @param threads workers in all, the caller included; at least 1
   * @throws NstException if the system cannot start so many
   */
  public WorkerPool(String name, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a pool needs at least 1 thread, got " + threads);
    }
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      int worker = i + 1;
      helpers[i] = new Thread(() -> serve(worker), name + "-" + worker);
      helpers[i].setDaemon(true);
    }
    try {
      for (Thread helper : helpers) {
        helper.start();
      }
    } catch (OutOfMemoryError e) {
      close();
      throw new NstException(
          "The system has no room for " + threads + " threads; ask for fewer.", e);
    }
  }

  /** Returns the number of workers, the caller included. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs {@code task} once for every index below {@code tasks}; free workers claim indices in
   * ascending order. Returns when all are done. If a task throws, the indices not yet begun are
   * skipped and the first exception is thrown here.
   *
   * @param tasks at least 0
   * @throws IllegalStateException if the pool is closed
   */
  public void parallelFor(int tasks, Task task) {
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    if (tasks < 0) {
      throw new IllegalArgumentException("a loop needs at least 0 tasks, got " + tasks);
    }
    if (tasks <= 1 || helpers.length == 0) {
      for (int index = 0; index < tasks; index++) {
        task.run(index, 0);
      }
      return;
    }
    Loop loop = new Loop(tasks, task);
    current = loop;
    for (int i = 0; i < helpers.length && i < tasks - 1; i++) {
      LockSupport.unpark(helpers[i]);
    }
    loop.work(0);
    loop.awaitEnd();
    current = null;
    loop.rethrow();
  }

  private void serve(int worker) {
    Loop done = null;
    long idleSince = System.nanoTime();
    while (!closed) {
      Loop loop = current;
      if (loop != null && loop != done) {
        loop.work(worker);
        done = loop;
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        done = null;
        LockSupport.park(this);
        idleSince = System.nanoTime();
      }
    }
  }

  /** Ends the threads; returns when they are gone. A second close does nothing. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call of {@link #parallelFor}. */
  private static final class Loop {

    private final int tasks;
    private final Task task;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Loop(int tasks, Task task) {
      this.tasks = tasks;
      this.task = task;
    }

    void work(int worker) {
      while (next.get() < tasks) {
        int index = next.getAndIncrement();
        if (index >= tasks) {
          return;
        }
        try {
          if (failure.get() == null) {
            task.run(index, worker);
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
        if (finished.incrementAndGet() == tasks && worker != 0) {
          LockSupport.unpark(caller);
        }
      }
    }

    void awaitEnd() {
      boolean interrupted = false;
      long since = System.nanoTime();
      while (finished.get() < tasks) {
        if (System.nanoTime() - since < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        caller.interrupt();
      }
    }

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
}
