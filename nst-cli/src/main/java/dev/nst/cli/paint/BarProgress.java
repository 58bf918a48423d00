package dev.nst.cli.paint;

import dev.nst.cli.shell.Bars;
import dev.nst.cli.shell.Shell;
import dev.nst.transfer.Losses;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Draws a bar with iteration, speed, time left and losses, on one line of a terminal. */
final class BarProgress implements RunProgress {

  private final ProgressBar bar;

  BarProgress(Shell shell, int iterations) {
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
  public void onStep(int done, Losses losses, double seconds) {
    bar.setExtraMessage("  " + RunProgress.brief(losses));
    bar.stepTo(done);
  }

  @Override
  public void close() {
    bar.close();
  }
}
