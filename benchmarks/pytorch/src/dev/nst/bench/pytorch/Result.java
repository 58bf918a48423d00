package dev.nst.bench.pytorch;

import java.util.Arrays;

/**
 * What was measured of a contestant at a size.
 *
 * @param edge of the pictures
 * @param setup the contestant
 * @param roundIterations iterations in each round
 * @param milliseconds of an iteration, by round
 * @param difference largest relative difference of its losses from cpu-vector's
 * @param peakMebibytes memory of the process, or NaN
 */
record Result(
    int edge,
    Setup setup,
    int roundIterations,
    double[] milliseconds,
    double difference,
    double peakMebibytes) {

  double median() {
    return median(milliseconds);
  }

  double best() {
    return Arrays.stream(milliseconds).min().orElseThrow();
  }

  /** Returns how many times as long as {@code other} this one took, by medians. */
  double ratio(Result other) {
    return median() / other.median();
  }

  /**
   * Returns the smallest and the largest ratio of a round: neighbours in time, so that what slows
   * the machine for a while slows both.
   */
  double[] ratios(Result other) {
    double[] ratios = new double[milliseconds.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = milliseconds[i] / other.milliseconds[i];
    }
    Arrays.sort(ratios);
    return new double[] {ratios[0], ratios[ratios.length - 1]};
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
