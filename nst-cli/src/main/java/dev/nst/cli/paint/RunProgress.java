package dev.nst.cli.paint;

import dev.nst.cli.shell.Shell;
import dev.nst.cli.watch.Readable;
import dev.nst.transfer.Losses;
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
        Readable.number(losses.total(), digits),
        Readable.number(losses.content(), digits),
        Readable.number(losses.style(), digits),
        Readable.number(losses.tv(), digits));
  }
}
