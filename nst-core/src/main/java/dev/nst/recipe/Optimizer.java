package dev.nst.recipe;

import dev.nst.NstException;
import dev.nst.model.PixelSpace;
import dev.nst.optim.LbfgsParameters.LineSearch;

/** How the picture is moved. */
public sealed interface Optimizer {

  /**
   * Returns the step length, in units of the recipe's pixel space for Adam, and as a factor on the
   * quasi-Newton step for L-BFGS.
   */
  double learningRate();

  /** Returns this optimiser with another step length. */
  Optimizer withLearningRate(double value);

  /**
   * Adam (Kingma and Ba 2015, Algorithm 1), in the paper's notation.
   *
   * @param learningRate step length, above 0
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment, above 0
   */
  record Adam(double learningRate, double beta1, double beta2, double epsilon)
      implements Optimizer {

    /** Validates the ranges. */
    public Adam {
      Checks.positive("learning rate", learningRate);
      Checks.decay("beta1", beta1);
      Checks.decay("beta2", beta2);
      Checks.positive("epsilon", epsilon);
    }

    /** Returns the paper's constants (.9, .999, 1e-8) with the given step length. */
    public static Adam of(double learningRate) {
      return new Adam(learningRate, 0.9, 0.999, 1e-8);
    }

    /** Returns the paper's constants with steps of about a hundredth of the brightness. */
    public static Adam suiting(PixelSpace space) {
      return switch (space) {
        case NORMALIZED -> of(0.05);
        case RGB -> of(0.01);
        case CAFFE -> of(2.5);
      };
    }

    @Override
    public Adam withLearningRate(double value) {
      return new Adam(value, beta1, beta2, epsilon);
    }
  }

  /**
   * L-BFGS, see {@link dev.nst.optim.Lbfgs}.
   *
   * @param learningRate factor on the step, above 0
   * @param history pairs of steps and gradient differences that are kept, 1 to 1000
   * @param lineSearch how far to go along the direction
   */
  record Lbfgs(double learningRate, int history, LineSearch lineSearch) implements Optimizer {

    /** Validates the ranges. */
    public Lbfgs {
      Checks.positive("learning rate", learningRate);
      Checks.count("history", history);
      if (history > 1000) {
        throw new NstException(
            "The history of L-BFGS must be at most 1000, because it takes two pictures each, got "
                + history
                + ".");
      }
    }

    /** Returns one that looks for its steps' lengths and keeps little enough for large pictures. */
    public static Lbfgs searching() {
      return new Lbfgs(1, 20, LineSearch.STRONG_WOLFE);
    }

    @Override
    public Lbfgs withLearningRate(double value) {
      return new Lbfgs(value, history, lineSearch);
    }
  }
}
