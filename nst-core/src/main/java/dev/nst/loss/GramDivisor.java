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
   * Returns the factor on {@code F Ft}. A region's matrix is brought to what it would be if the
   * region filled the map: so regions of different sizes compare, sums as well as means.
   *
   * @param positions H W
   * @param share of the positions that is looked at, {@link Guide#share}, or 1
   */
  float scale(int channels, double positions, double share) {
    double whole =
        switch (this) {
          case ONE -> 1;
          case POSITIONS -> 1 / positions;
          case ELEMENTS -> 1 / (channels * positions);
        };
    return (float) (whole / share);
  }
}
