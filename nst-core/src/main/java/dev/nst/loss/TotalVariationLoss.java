package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;

/**
 * Smoothness of the picture itself: differences of neighbouring pixels of the image that the
 * optimiser changes.
 *
 * @param weight factor on what the form measures
 * @param form how differences are measured
 */
public record TotalVariationLoss(double weight, TvForm form) {

  /** A loss of the form {@link TvForm#MEAN_ABSOLUTE}. */
  public TotalVariationLoss(double weight) {
    this(weight, TvForm.MEAN_ABSOLUTE);
  }

  /** Returns the weighted loss of {@code image}, a float32 scalar. */
  public Variable apply(Tape tape, Variable image) {
    return form.apply(tape, image, weight);
  }
}
