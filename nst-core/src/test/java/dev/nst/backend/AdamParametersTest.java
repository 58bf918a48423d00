package dev.nst.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AdamParametersTest {

  @Test
  void theDefaultsAreThoseOfThePaper() {
    assertEquals(
        new AdamParameters(0.004, 0.9, 0.999, 1e-8), AdamParameters.withLearningRate(0.004));
  }

  @Test
  void refusesWhatCannotConverge() {
    double[][] refused = {
      {0, 0.9, 0.999, 1e-8},
      {-1, 0.9, 0.999, 1e-8},
      {Double.NaN, 0.9, 0.999, 1e-8},
      {Double.POSITIVE_INFINITY, 0.9, 0.999, 1e-8},
      {1, 1, 0.999, 1e-8},
      {1, -0.1, 0.999, 1e-8},
      {1, Double.NaN, 0.999, 1e-8},
      {1, 0.9, 1, 1e-8},
      {1, 0.9, Double.NaN, 1e-8},
      {1, 0.9, 0.999, 0},
      {1, 0.9, 0.999, Double.NaN}
    };
    for (double[] p : refused) {
      assertThrows(
          IllegalArgumentException.class, () -> new AdamParameters(p[0], p[1], p[2], p[3]));
    }
  }
}
