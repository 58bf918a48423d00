package dev.nst.backend;

/**
 * Constants of Adam (Kingma and Ba 2015, Algorithm 1), in the paper's notation.
 *
 * @param learningRate step length alpha, above 0, in units of the optimised values
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 */
public record AdamParameters(double learningRate, double beta1, double beta2, double epsilon) {

  /** Validates the ranges. */
  public AdamParameters {
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException("the learning rate must be above 0, got " + learningRate);
    }
    if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "Adam's betas must lie in [0, 1), got " + beta1 + " and " + beta2);
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("Adam's epsilon must be above 0, got " + epsilon);
    }
  }

  /** Returns the paper's constants (.9, .999, 1e-8) with the given step length. */
  public static AdamParameters withLearningRate(double learningRate) {
    return new AdamParameters(learningRate, 0.9, 0.999, 1e-8);
  }
}
