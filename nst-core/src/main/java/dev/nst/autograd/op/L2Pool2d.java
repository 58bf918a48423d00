package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Tensor;

/**
 * Root of the sum of squares of every 2x2 window, stride 2, times a constant. The gradient in a
 * window of zeros is 0. Saves its input.
 */
public record L2Pool2d(Variable x, float scale) implements Op {

  /**
   * Returns the pooled features.
   *
   * @param x {@code [N, C, H, W]} with H and W at least 2; an odd last row or column is dropped
   * @param scale factor on the output
   * @return {@code [N, C, H/2, W/2]}
   */
  public static Variable apply(Tape tape, Variable x, float scale) {
    Tensor y = tape.allocateFeatures(x.shape().pooled());
    tape.backend().l2Pool2x2(y, x.value(), scale);
    return tape.record(y, new L2Pool2d(x, scale), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().l2Pool2x2Backward(dx, gradOutput, x.value(), scale));
  }
}
