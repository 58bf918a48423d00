package dev.nst.loss;

/** What a Gram matrix {@code F Ft} of C channels and N positions is divided by. */
public enum GramDivisor {
  /** Nothing: the sum over positions. */
  ONE,
  /** N: the mean over positions. */
  POSITIONS,
  /** {@code C N}, as neural-style and neural-style-pt do. */
  ELEMENTS;

  /**
   * Returns the factor on {@code F Ft}.
   *
   * @param positions H W, or the sum of a {@link Guide}
   */
  float scale(int channels, double positions) {
    return switch (this) {
      case ONE -> 1;
      case POSITIONS -> (float) (1 / positions);
      case ELEMENTS -> (float) (1 / (channels * positions));
    };
  }
}
