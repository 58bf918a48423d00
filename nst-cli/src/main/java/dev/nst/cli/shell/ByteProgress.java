package dev.nst.cli.shell;

import dev.nst.converter.ProgressListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Shows how many bytes of a download or a conversion are done: as a bar on a terminal, as a line
 * every five seconds elsewhere. Of less than 1 MiB, which is done at once, it shows nothing.
 */
public final class ByteProgress implements ProgressListener, AutoCloseable {

  private static final long MIB = 1 << 20;
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Shell shell;
  private final String task;
  private ProgressBar bar;
  private boolean printed;
  private long lastPrinted;
  private long lastDone = -1;

  /**
   * Shows nothing until the first report.
   *
   * @param task what is being done: "Downloading vgg19.pth"
   */
  public ByteProgress(Shell shell, String task) {
    this.shell = shell;
    this.task = task;
  }

  /**
   * Shows that {@code done} bytes are done.
   *
   * @param total bytes in all, or a negative number where nobody knows
   */
  @Override
  public void progress(long done, long total) {
    if (total >= 0 && total < MIB) {
      return;
    }
    if (shell.interactive()) {
      draw(done, total);
    } else {
      print(done, total);
    }
  }

  private void draw(long done, long total) {
    if (bar == null) {
      ProgressBarBuilder builder =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .setUnit(" MiB", MIB)
              .showSpeed()
              .startsFrom(done, Duration.ZERO);
      bar = Bars.on(shell, builder);
    }
    bar.maxHint(total);
    bar.stepTo(done);
  }

  private void print(long done, long total) {
    long now = System.nanoTime();
    boolean due = !printed || now - lastPrinted >= SILENCE_NANOS || done == total;
    if (due && done != lastDone) {
      printed = true;
      lastPrinted = now;
      lastDone = done;
      String of = total > 0 ? " of " + total / MIB + " MiB" : " MiB";
      shell.out().println(task + ": " + done / MIB + of);
    }
  }

  /** Leaves the bar as it is and moves on to the next line. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
