package dev.nst.cli.watch;

import java.util.Locale;

/** Numbers as people like to read them. */
public final class Readable {

  private Readable() {}

  /**
   * Returns a number with an exponent only where there would be many zeros.
   *
   * @param digits how many count, at least 1
   */
  public static String number(double value, int digits) {
    double size = Math.abs(value);
    if (size >= 1e7 || size < 1e-3 && size > 0) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    }
    int decimals = size < 1 ? digits : Math.max(0, digits - 1 - (int) Math.log10(size));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Returns a duration as {@code 1:02:03} or {@code 2:03}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    long minutes = whole / 60;
    return minutes < 60
        ? String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", minutes / 60, minutes % 60, whole % 60);
  }
}
