package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Wasserstein;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;

/**
 * Style loss of one layer, {@code weight} times the squared Wasserstein-2 distance over C between
 * the Gaussians of the painted picture's and the painting's features: the style term of
 * crowsonkb/style-transfer-pytorch, on means and covariances instead of Gram matrices. See {@link
 * Wasserstein} for the formula.
 *
 * @param target the painting's Gaussian
 * @param weight factor on the distance
 */
public record WassersteinLoss(Wasserstein.Target target, double weight) {

  /**
   * Returns the loss whose target has the moments given.
   *
   * @param arena where the target is kept
   * @param moments of the painting, or blended ones; their arena lends working space
   */
  public static WassersteinLoss of(Backend backend, Arena arena, Moments moments, double weight) {
    Arena scratch = moments.mean().arena();
    return new WassersteinLoss(
        Wasserstein.Target.of(backend, arena, scratch, moments.mean(), moments.second()), weight);
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    return Wasserstein.apply(tape, features, target, (float) weight);
  }
}
