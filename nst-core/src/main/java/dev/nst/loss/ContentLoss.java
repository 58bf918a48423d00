package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Mse;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;

/**
 * Content loss of one layer, {@code weight * mean((F - P)^2)} with P the photograph's features.
 * Gatys, Ecker, Bethge 2015, eq. 1 has half the sum; the mean makes the weight independent of the
 * picture's size.
 *
 * @param target P, features {@code [1, C, H, W]}
 * @param weight factor on the mean
 */
public record ContentLoss(Tensor target, double weight) {

  /** Returns the loss whose target is a copy of {@code features} in {@code arena}. */
  public static ContentLoss of(Backend backend, Arena arena, Tensor features, double weight) {
    Tensor target = arena.allocate(features.shape(), features.type());
    backend.copy(target, features);
    return new ContentLoss(target, weight);
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    return Mse.apply(tape, features, target, (float) weight);
  }
}
