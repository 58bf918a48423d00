package dev.nst.optim;

/**
 * The constants of {@link Lbfgs}.
 *
 * @param learningRate length of a step along the direction; where a line search looks first
 * @param history pairs of steps and gradient differences kept, at least 1; each costs two tensors
 *     of the optimised one's size
 * @param lineSearch how the length of a step is found
 */
public record LbfgsParameters(double learningRate, int history, LineSearch lineSearch) {

  /** How far to go along a direction. */
  public enum LineSearch {
    /** The learning rate, unseen: one evaluation a step. */
    NONE,
    /** Until the strong Wolfe conditions hold: mostly one or two evaluations a step, at most 25. */
    STRONG_WOLFE
  }

  /** Checks the constants. */
  public LbfgsParameters {
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "L-BFGS needs a learning rate above 0, got " + learningRate);
    }
    if (history < 1) {
      throw new IllegalArgumentException("L-BFGS needs a history of at least 1, got " + history);
    }
  }

  /** Returns neural-style-pt's constants: rate 1, history 100, no line search. */
  public static LbfgsParameters defaults() {
    return new LbfgsParameters(1, 100, LineSearch.NONE);
  }
}
