package dev.nst.cli.bench;

import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * How long a contestant's work took.
 *
 * @param runsOfRound how often it did its work in each round
 * @param seconds of one run, by round
 */
record Timing(int runsOfRound, List<Double> seconds) {

  Timing {
    seconds = List.copyOf(seconds);
  }

  /** Returns the number of runs in all rounds. */
  int runs() {
    return runsOfRound * seconds.size();
  }

  double median() {
    return median(seconds);
  }

  double best() {
    return Collections.min(seconds);
  }

  /** Returns the middle of the values in order, the mean of the middle two of an even number. */
  static double median(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
