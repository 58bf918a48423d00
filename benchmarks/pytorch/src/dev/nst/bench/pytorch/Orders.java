package dev.nst.bench.pytorch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What {@link Compare} asks of a contestant, one line each on standard input: {@code check N} wants
 * the losses of the next N iterations, one JSON line for each; {@code time N} wants the
 * milliseconds of the next N together, in one JSON line. The end of the input ends the contest.
 *
 * <p>A contestant that waits for an order does nothing, so the others have the machine to
 * themselves.
 */
final class Orders {

  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
  private boolean timed;
  private int wanted;
  private int left;
  private long since;

  /** Says that the contestant stands ready, and waits for the first order; false if none comes. */
  boolean first() {
    answer("{\"ready\": 1}");
    return next();
  }

  /**
   * Hears of a finished iteration.
   *
   * @param losses reads content, style and total variation, as they were before the iteration's
   *     step, weighted
   * @return whether another iteration is wanted
   */
  boolean finished(Supplier<double[]> losses) {
    left--;
    if (!timed) {
      double[] parts = losses.get();
      answer("{\"content\": %.9g, \"style\": %.9g, \"tv\": %.9g}", parts[0], parts[1], parts[2]);
    } else if (left == 0) {
      double milliseconds = (System.nanoTime() - since) / 1e6;
      answer("{\"iterations\": %d, \"milliseconds\": %.6f}", wanted, milliseconds);
    }
    return left > 0 || next();
  }

  private boolean next() {
    try {
      String line = input.readLine();
      if (line == null) {
        return false;
      }
      String[] words = line.split(" ");
      timed = words[0].equals("time");
      wanted = Integer.parseInt(words[1]);
      left = wanted;
      since = System.nanoTime();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
    System.out.flush();
  }
}
