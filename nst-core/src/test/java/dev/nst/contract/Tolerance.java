package dev.nst.contract;

/**
 * How far a result may lie from its reference: {@code abs * magnitude + rel * |reference|}.
 *
 * <p>The magnitude is the largest sum of absolute values that any element of the result is made of,
 * so that a sum whose terms cancel is judged by its terms; transformed convolutions (Winograd)
 * spread their rounding over neighbours, which is why it is the largest and not each element's own.
 *
 * @param abs share of the magnitude
 * @param rel share of the reference
 */
public record Tolerance(double abs, double rel) {

  /** Returns a tolerance with the same share of both. */
  public static Tolerance both(double share) {
    return new Tolerance(share, share);
  }

  /**
   * Returns the part of the tolerance that a result uses: at most 1 if it is good enough, infinite
   * if it or its reference is a NaN.
   */
  double share(double reference, double actual, double magnitude) {
    if (reference == actual) {
      return 0;
    }
    double share = Math.abs(actual - reference) / allowed(reference, magnitude);
    return Double.isNaN(share) ? Double.POSITIVE_INFINITY : share;
  }

  double allowed(double reference, double magnitude) {
    return abs * magnitude + rel * Math.abs(reference);
  }
}
