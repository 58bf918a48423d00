package dev.nst.transfer;

import dev.nst.backend.Precision;

/**
 * How far a backend may lie from PyTorch in float64. Shares are of the root mean square of the
 * reference, for losses of the reference itself.
 *
 * @param means of a layer's features: their mean and norm
 * @param samples single features
 * @param losses each of the losses
 * @param lossesOfTotal added to the tolerance of each loss, as a share of the total: the content
 *     loss of a picture that hardly moved is a difference of nearly equal features
 * @param gradient gradient of the losses at the picture
 * @param deepGradient gradient through every layer, and that of relative losses
 * @param image the picture after ten steps of Adam
 */
public record GoldenTolerances(
    double means,
    double samples,
    double losses,
    double lossesOfTotal,
    Share gradient,
    Share deepGradient,
    Share image) {

  /**
   * The tolerance of a whole tensor.
   *
   * @param largest bounds the largest error
   * @param mean bounds the root mean square of the errors
   */
  public record Share(double largest, double mean) {}

  /** Returns what every backend of a precision is held to. */
  public static GoldenTolerances of(Precision precision) {
    return switch (precision) {
      // PyTorch in float32 deviates by 4e-6 at the worst pixel.
      // Early steps of Adam are about learningRate * sign(gradient): a pixel whose gradient is
      // nearly zero may go either way, so single pixels get a wider bound than the whole picture.
      case FP32 ->
          new GoldenTolerances(
              2e-5,
              5e-5,
              5e-5,
              0,
              new Share(5e-5, 1e-5),
              new Share(3e-4, 1e-4),
              new Share(2e-3, 2e-5));
      // The rest is about three times what RoundingBackend shows. Between two ReLUs or maxima a
      // rounding may decide otherwise than PyTorch, and the gradient through all layers of a tiny
      // picture then takes another path; that it stays near is all that can be asked.
      case TF32, FP16 ->
          new GoldenTolerances(
              4e-4,
              1.5e-2,
              1e-3,
              1e-5,
              new Share(0.3, 0.03),
              new Share(2, 0.3),
              new Share(0.3, 6e-3));
      case BF16 ->
          new GoldenTolerances(
              5e-3,
              0.15,
              1e-2,
              1e-4,
              new Share(0.6, 0.08),
              new Share(6, 0.8),
              new Share(0.3, 6e-3));
    };
  }
}
