package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Mask;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * A region of a feature map, for guided Gram matrices (Gatys et al. 2017, "Controlling Perceptual
 * Factors in Neural Style Transfer", eq. 4): features are multiplied with the root of the region's
 * mask, and {@code F Ft} is then the sum over positions weighted by the mask. The paper scales its
 * guides so that their squares sum to one; here the sum stands beside the factors and {@link
 * GramDivisor} divides by the share.
 *
 * @param factors roots of the mask, float32 {@code [1, 1, H, W]}
 * @param sum of the mask: the positions that the region counts for, above 0
 */
public record Guide(Tensor factors, double sum) {

  /**
   * Returns the guide of a region.
   *
   * @param arena where it is kept
   * @param mask of the layer's height and width
   * @throws dev.nst.NstException if nothing of the region is left at that size
   */
  public static Guide of(Backend backend, Arena arena, RegionMask mask) {
    double sum = mask.sum();
    float[] factors = mask.values();
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) Math.sqrt(factors[i]);
    }
    Tensor tensor = arena.allocate(Shape.matrix(mask.height(), mask.width()));
    backend.upload(tensor, factors);
    return new Guide(tensor, sum);
  }

  /** Returns the region's share of all positions, above 0 and at most 1. */
  public double share() {
    return sum / factors.shape().area();
  }

  /** Returns the features inside the region, those beyond it being 0. */
  Variable apply(Tape tape, Variable features) {
    return Mask.apply(tape, features, factors);
  }
}
