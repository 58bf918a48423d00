package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.TotalVariation;

/**
 * Smoothness of the picture itself, {@code weight * (mean |dx| + mean |dy|)} over neighbouring
 * pixels of the normalised image.
 *
 * @param weight factor on the sum of means
 */
public record TotalVariationLoss(double weight) {

  /** Returns the weighted loss of {@code image}, a float32 scalar. */
  public Variable apply(Tape tape, Variable image) {
    return TotalVariation.apply(tape, image, (float) weight);
  }
}
