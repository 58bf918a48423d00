package dev.nst.contract;

import dev.nst.backend.Precision;

/**
 * The tolerances of one backend.
 *
 * @param products convolutions and matrix products, whose arithmetic the {@link Precision} chooses
 * @param elementwise one or a few roundings for each element, the last to the feature type
 * @param sums losses, which are sums of many float32 numbers, and Adam's powers
 * @param gradients whole chains of kernels, forward and back
 * @param kinkMargin how far, in units of the values, gradient checks stay from where a ReLU, a
 *     maximum or an absolute value bends, so that rounding does not carry the backend across
 */
public record Tolerances(
    Tolerance products,
    Tolerance elementwise,
    Tolerance sums,
    Tolerance gradients,
    double kinkMargin) {

  /** A few roundings to float32, whose unit is 6e-8. */
  static final Tolerance FLOAT32 = Tolerance.both(5e-7);

  /** Returns what every backend of a precision is held to. */
  public static Tolerances of(Precision precision) {
    return switch (precision) {
      // Single numbers from Winograd's F(6x6, 3x3) are off by up to 9e-5 of the mean square's root,
      // though all of them together by a tenth of that; chains are held to the largest gradient.
      case FP32 ->
          new Tolerances(
              Tolerance.both(4e-6), FLOAT32, Tolerance.both(1e-5), Tolerance.both(2e-5), 1e-4);
      // 10 bits of mantissa: each factor of a product may be off by 2^-11, by 2^-10 if truncated.
      case TF32 ->
          new Tolerances(
              Tolerance.both(2e-3), FLOAT32, Tolerance.both(1e-5), Tolerance.both(5e-3), 5e-3);
      // The same mantissa, and maps are rounded to it between kernels.
      case FP16 ->
          new Tolerances(
              Tolerance.both(2e-3),
              Tolerance.both(1e-3),
              Tolerance.both(1e-4),
              Tolerance.both(1e-2),
              5e-3);
      // 7 bits of mantissa: 2^-8 for each rounding.
      case BF16 ->
          new Tolerances(
              Tolerance.both(1.6e-2),
              Tolerance.both(8e-3),
              Tolerance.both(1e-4),
              Tolerance.both(5e-2),
              1e-2);
    };
  }
}
