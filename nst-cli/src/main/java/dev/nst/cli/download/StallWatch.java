package dev.nst.cli.download;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream on which nothing has come for a while, so that a reader blocked in it wakes up:
 * an HTTP body has no read timeout of its own.
 */
final class StallWatch implements AutoCloseable {

  private final InputStream body;
  private final long patienceNanos;
  private final ScheduledExecutorService timer;
  private volatile long lastSeen = System.nanoTime();
  private volatile boolean stalled;

  StallWatch(InputStream body, Duration patience) {
    this.body = body;
    this.patienceNanos = patience.toNanos();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "nst-stall-watch");
              thread.setDaemon(true);
              return thread;
            });
    long period = Math.max(1, patienceNanos / 4);
    timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.NANOSECONDS);
  }

  /** Says that bytes have just come. */
  void alive() {
    lastSeen = System.nanoTime();
  }

  /** Returns whether the stream was closed for want of bytes. */
  boolean stalled() {
    return stalled;
  }

  private void look() {
    if (!stalled && System.nanoTime() - lastSeen > patienceNanos) {
      stalled = true;
      try {
        body.close();
      } catch (IOException e) {
        // The reader learns of the stall from stalled(), whatever closing says.
        timer.shutdown();
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
