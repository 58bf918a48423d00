package dev.nst.cli.watch;

import dev.nst.cli.watch.LossChart.Curve;
import dev.nst.cli.watch.LossHistory.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A logarithmic axis.
 *
 * @param smallest value shown, above 0
 * @param largest value shown, above {@code smallest}
 */
record LogScale(double smallest, double largest) {

  /** Below this part of the largest loss nothing is worth the room that it would take. */
  private static final double SHOWN = 1e-5;

  private static final int FEWEST_TICKS = 3;

  /** Fits an axis to all positive losses. */
  static LogScale of(List<Point> points) {
    double largest = 0;
    double smallest = Double.MAX_VALUE;
    for (Point point : points) {
      for (Curve curve : Curve.values()) {
        double value = curve.of(point.losses());
        largest = Math.max(largest, value);
        smallest = value > 0 ? Math.min(smallest, value) : smallest;
      }
    }
    if (largest <= 0) {
      return new LogScale(0.1, 10);
    }
    smallest = Math.max(smallest, largest * SHOWN);
    double margin = Math.max(1.02, Math.pow(largest / smallest, 0.04));
    return new LogScale(smallest / margin, largest * margin);
  }

  /** Returns whether a value lies on the axis. */
  boolean shows(double value) {
    return value >= smallest && value <= largest;
  }

  /** Returns where a value lies: 0 at the smallest end, 1 at the largest. */
  double position(double value) {
    return Math.log(value / smallest) / Math.log(largest / smallest);
  }

  /**
   * Returns round values on the axis, from three to about eight: powers of ten, else with 2 and 5
   * times them, else at equal distances.
   */
  List<Double> ticks() {
    List<Double> powers = multiples(1);
    if (powers.size() >= FEWEST_TICKS) {
      return powers;
    }
    List<Double> more = multiples(1, 2, 5);
    return more.size() >= FEWEST_TICKS ? more : equidistant();
  }

  private List<Double> multiples(int... factors) {
    List<Double> values = new ArrayList<>();
    int end = (int) Math.ceil(Math.log10(largest));
    for (int exponent = (int) Math.floor(Math.log10(smallest)); exponent <= end; exponent++) {
      for (int factor : factors) {
        double value = factor * Math.pow(10, exponent);
        if (shows(value)) {
          values.add(value);
        }
      }
    }
    return values;
  }

  private List<Double> equidistant() {
    double each = roundUp((largest - smallest) / 5);
    List<Double> values = new ArrayList<>();
    for (long i = (long) Math.ceil(smallest / each); i * each <= largest; i++) {
      values.add(i * each);
    }
    return values;
  }

  /** Returns the smallest of 1, 2 and 5 times powers of ten that is at least {@code value}. */
  static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    double factor = value / power;
    return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
  }

  /** Returns a tick's value in few characters. */
  String label(double tick) {
    if (tick >= 1e5 || tick < 1e-3) {
      return String.format(Locale.ROOT, "%.2e", tick)
          .replaceFirst("\\.?0*e\\+?(-?)0*(\\d+)", "e$1$2");
    }
    return Double.toString(Math.round(tick * 1e6) / 1e6).replaceFirst("\\.0$", "");
  }
}
