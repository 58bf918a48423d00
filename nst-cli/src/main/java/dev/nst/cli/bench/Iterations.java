package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.transfer.StyleTransfer;
import java.util.concurrent.Semaphore;

/**
 * Iterations of a style transfer, as many at a time as are asked for. The job runs as it does for a
 * user, in one call from beginning to end; so it has a thread of its own, which waits inside of the
 * job's listener while nobody asks. The first run is preceded by the job's set-up, in its time.
 */
final class Iterations implements Contestant {

  private final Backend backend;
  private final StyleTransfer job;
  private final Thread thread;
  private final Semaphore orders = new Semaphore(0);
  private final Semaphore answers = new Semaphore(0);

  // Handed over by the semaphores.
  private int left;
  private double seconds;
  private long since;
  private Throwable failure;
  private boolean closed;

  /**
   * Waits for the first order.
   *
   * @param backend what the job computes on
   * @param job not yet run, of more iterations than anyone will ask for; closed with this
   */
  Iterations(Backend backend, StyleTransfer job) {
    this.backend = backend;
    this.job = job;
    thread = new Thread(this::work, "nst-bench-" + backend.name());
    thread.setDaemon(true);
    thread.start();
  }

  private void work() {
    try {
      awaitOrder();
      if (!closed) {
        job.run(step -> onIteration());
      }
    } catch (Throwable e) {
      failure = e;
      answers.release();
    }
  }

  private void onIteration() {
    left--;
    if (left > 0) {
      return;
    }
    backend.synchronize();
    seconds = (System.nanoTime() - since) / 1e9;
    answers.release();
    awaitOrder();
  }

  private void awaitOrder() {
    orders.acquireUninterruptibly();
    since = System.nanoTime();
  }

  @Override
  public double run(int times) {
    left = times;
    orders.release();
    answers.acquireUninterruptibly();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return seconds;
  }

  /** Ends the job and returns when its memory is given back. */
  @Override
  public void close() {
    closed = true;
    job.close();
    orders.release();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
