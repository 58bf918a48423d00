package dev.nst.cli.paint;

import dev.nst.cli.watch.Readable;
import dev.nst.cli.watch.Tempo;
import dev.nst.transfer.Losses;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Prints a line now and then: for the first iteration and the last, and in between at most every
 * five seconds and at least every minute, about twenty in all.
 */
final class LineProgress implements RunProgress {

  private static final double SHORTEST_SECONDS = 5;
  private static final double LONGEST_SECONDS = 60;
  private static final int LINES = 20;

  private final PrintStream out;
  private final int iterations;
  private final Tempo tempo = new Tempo();
  private int lastDone;
  private double lastSeconds;

  LineProgress(PrintStream out, int iterations) {
    this.out = out;
    this.iterations = iterations;
  }

  @Override
  public void onStep(int done, Supplier<Losses> losses, double seconds) {
    tempo.onStep(done, seconds);
    double silence = seconds - lastSeconds;
    boolean due = silence >= SHORTEST_SECONDS && (done - lastDone) * LINES >= iterations;
    if (done == 1 || done == iterations || due || silence >= LONGEST_SECONDS) {
      lastDone = done;
      lastSeconds = seconds;
      out.println(line(done, losses.get()));
    }
  }

  private String line(int done, Losses losses) {
    String text = "iteration " + done + "/" + iterations + "  " + RunProgress.format(losses);
    if (done == 1) {
      return text;
    }
    return String.format(
        Locale.ROOT,
        "%s  %.2f it/s  %s left",
        text,
        tempo.perSecond(),
        Readable.duration(tempo.secondsLeft(iterations)));
  }

  @Override
  public void close() {
    // Every line is finished when it is printed.
  }
}
