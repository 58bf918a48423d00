package dev.nst.cli.paint;

import dev.nst.cli.shell.Bars;
import dev.nst.cli.shell.Shell;
import dev.nst.transfer.Losses;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Draws a bar with iteration, speed, time left and losses, on one line of a terminal. */
final class BarProgress implements RunProgress {

  /** Losses are asked for no more often than this; the bar is drawn four times a second. */
  private static final double SHORTEST_SECONDS = 0.1;

  private final ProgressBar bar;
  private final int iterations;
  private double shownAt = Double.NEGATIVE_INFINITY;

  BarProgress(Shell shell, int iterations) {
    this.iterations = iterations;
    bar =
        Bars.on(
            shell,
            new ProgressBarBuilder()
                .setInitialMax(iterations)
                .setUnit(" it", 1)
                .showSpeed(
                    new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT))));
  }

  @Override
  public void onStep(int done, Supplier<Losses> losses, double seconds) {
    if (done == iterations || seconds - shownAt >= SHORTEST_SECONDS) {
      shownAt = seconds;
      bar.setExtraMessage("  " + RunProgress.brief(losses.get()));
    }
    bar.stepTo(done);
  }

  @Override
  public void close() {
    bar.close();
  }
}
