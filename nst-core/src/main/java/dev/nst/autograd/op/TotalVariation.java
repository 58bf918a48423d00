package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Weighted anisotropic total variation of an image, {@code across * mean |dx| + down * mean |dy|}
 * (Rudin, Osher, Fatemi 1992, in the L1 form with means instead of sums). The gradient of |0| is 0.
 * Saves its input.
 */
public record TotalVariation(Variable x, float across, float down) implements Op {

  /**
   * Returns the weighted loss.
   *
   * @param x float32 {@code [N, C, H, W]}; a direction of one pixel contributes nothing
   * @param across factor on the mean difference of horizontal neighbours
   * @param down factor on the mean difference of vertical neighbours
   * @return float32 scalar
   */
  public static Variable apply(Tape tape, Variable x, float across, float down) {
    Tensor loss = tape.allocate(Shape.scalar());
    tape.backend().totalVariation(loss, x.value(), across, down);
    return tape.record(loss, new TotalVariation(x, across, down), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contribute(
        x,
        (dx, accumulate) ->
            tape.backend()
                .totalVariationBackward(dx, x.value(), gradOutput, across, down, accumulate));
  }
}
