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

  /**
   * Returns the loss whose target is a copy of {@code features}.
   *
   * @param arena where the target is kept
   * @param scale {@link LossScale#RELATIVE} divides {@code weight} by {@code mean(P^2)}
   */
  public static ContentLoss of(
      Backend backend, Arena arena, Tensor features, double weight, LossScale scale) {
    Tensor target = arena.allocate(features.shape(), features.type());
    backend.copy(target, features);
    return new ContentLoss(target, scale.weightFor(backend, features.arena(), target, weight));
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    return Mse.apply(tape, features, target, (float) weight);
  }
}
