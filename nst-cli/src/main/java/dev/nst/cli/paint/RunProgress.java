package dev.nst.cli.paint;

import dev.nst.cli.shell.Shell;
import dev.nst.transfer.Losses;
import java.util.Locale;

/** Shows how a run gets on. */
interface RunProgress extends AutoCloseable {

  /**
   * Hears of a finished iteration.
   *
   * @param done iterations finished, counted from 1
   * @param losses of the picture before the latest of them
   * @param seconds since the run began
   */
  void onStep(int done, Losses losses, double seconds);

  @Override
  void close();

  /** Returns a bar on a terminal, and lines elsewhere. */
  static RunProgress on(Shell shell, int iterations) {
    return shell.interactive()
        ? new BarProgress(shell, iterations)
        : new LineProgress(shell.out(), iterations);
  }

  /** Returns the losses in few characters. */
  static String format(Losses losses) {
    return String.format(
        Locale.ROOT,
        "loss %.4g (content %.3g, style %.3g, tv %.3g)",
        losses.total(),
        losses.content(),
        losses.style(),
        losses.tv());
  }

  /** Returns a duration as {@code 1:02:03} or {@code 2:03}. */
  static String format(double seconds) {
    long whole = Math.round(seconds);
    long minutes = whole / 60;
    return minutes < 60
        ? String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", minutes / 60, minutes % 60, whole % 60);
  }
}
