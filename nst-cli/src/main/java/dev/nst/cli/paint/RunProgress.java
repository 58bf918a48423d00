package dev.nst.cli.paint;

import dev.nst.cli.shell.Shell;
import dev.nst.transfer.Losses;
import java.util.Locale;
import java.util.function.Supplier;

/** Shows how a run gets on. */
interface RunProgress extends AutoCloseable {

  /**
   * Hears of a finished iteration.
   *
   * @param done iterations finished, counted from 1
   * @param losses of the picture before the latest of them; asking waits for the device, so it is
   *     asked only when they are shown
   * @param seconds since the run began
   */
  void onStep(int done, Supplier<Losses> losses, double seconds);

  @Override
  void close();

  /** Returns a bar on a terminal, and lines elsewhere. */
  static RunProgress on(Shell shell, int iterations) {
    return shell.interactive()
        ? new BarProgress(shell, iterations)
        : new LineProgress(shell.out(), iterations);
  }

  /** Returns the losses for a person. */
  static String format(Losses losses) {
    return format("loss %s (content %s, style %s, tv %s)", losses, 4);
  }

  /** Returns the losses in the few characters that a bar leaves of a line. */
  static String brief(Losses losses) {
    return format("loss %s (c %s s %s tv %s)", losses, 3);
  }

  private static String format(String pattern, Losses losses, int digits) {
    return pattern.formatted(
        format(losses.total(), digits),
        format(losses.content(), digits),
        format(losses.style(), digits),
        format(losses.tv(), digits));
  }

  /** Returns a number with an exponent only where there would be many zeros. */
  private static String format(double value, int digits) {
    double size = Math.abs(value);
    if (size >= 1e7 || size < 1e-3 && size > 0) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    }
    int decimals = size < 1 ? digits : Math.max(0, digits - 1 - (int) Math.log10(size));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
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
