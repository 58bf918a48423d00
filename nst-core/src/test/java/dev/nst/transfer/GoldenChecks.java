package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.backend.Backend;
import dev.nst.tensor.Tensor;
import dev.nst.weights.Safetensors;

/** Comparisons with what PyTorch computed. */
final class GoldenChecks {

  private GoldenChecks() {}

  /** Compares a map with the summary and samples of that name. */
  static void checkFeatures(
      Backend backend,
      GoldenTolerances tolerances,
      Safetensors golden,
      String layer,
      Tensor features) {
    float[] values = new float[Math.toIntExact(features.shape().size())];
    backend.download(values, features);
    float[] summary = golden.read(layer + ".summary");
    assertThat(new float[] {features.shape().c(), features.shape().h(), features.shape().w()})
        .as("shape of %s", layer)
        .containsExactly(summary[0], summary[1], summary[2]);
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double rootMeanSquare = summary[4] / Math.sqrt(values.length);
    checkValue(
        "mean of " + layer, sum / values.length, summary[3], tolerances.means() * rootMeanSquare);
    checkValue("norm of " + layer, Math.sqrt(squares), summary[4], tolerances.means() * summary[4]);
    float[] samples = golden.read(layer + ".samples");
    float[] actual = new float[samples.length];
    for (int k = 0; k < samples.length; k++) {
      actual[k] = values[(int) (k * 104729L % values.length)];
    }
    for (int k = 0; k < samples.length; k++) {
      checkValue(
          "sample " + k + " of " + layer,
          actual[k],
          samples[k],
          tolerances.samples() * rootMeanSquare);
    }
  }

  /** Compares with the total, content, style and total variation losses from {@code offset}. */
  static void checkLosses(
      GoldenTolerances tolerances, Losses actual, float[] expected, int offset, String when) {
    double[] values = {actual.total(), actual.content(), actual.style(), actual.tv()};
    String[] names = {"total", "content", "style", "tv"};
    for (int i = 0; i < 4; i++) {
      double tolerance =
          tolerances.losses() * Math.abs(expected[offset + i])
              + tolerances.lossesOfTotal() * expected[offset]
              + 1e-8;
      checkValue(names[i] + " loss at " + when, values[i], expected[offset + i], tolerance);
    }
  }

  /**
   * Bounds the largest and the root mean square error by shares of the reference's root mean
   * square.
   */
  static void checkClose(
      float[] actual, float[] expected, GoldenTolerances.Share tolerance, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double norm = 0;
    double errors = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = actual[i] - expected[i];
      norm += (double) expected[i] * expected[i];
      errors += error * error;
      // Written so that a NaN counts as the worst.
      worst = Math.abs(error) <= worst ? worst : Math.abs(error);
    }
    double rootMeanSquare = Math.sqrt(norm / expected.length);
    double meanError = Math.sqrt(errors / expected.length) / rootMeanSquare;
    System.out.printf(
        "%s: largest error %.1e of %.0e, root mean square %.1e of %.0e%n",
        what, worst / rootMeanSquare, tolerance.largest(), meanError, tolerance.mean());
    assertThat(worst / rootMeanSquare)
        .as("largest error of the %s", what)
        .isLessThan(tolerance.largest());
    assertThat(meanError).as("root mean square error of the %s", what).isLessThan(tolerance.mean());
  }

  private static void checkValue(String what, double actual, double expected, double tolerance) {
    assertThat(actual).as(what).isCloseTo(expected, within(tolerance));
  }
}
