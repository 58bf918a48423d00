package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** A feature map without its outermost positions. Saves nothing. */
public record CropEdges(Variable x) implements Op {

  /**
   * Returns the inner map.
   *
   * @param x features {@code [N, C, H+2, W+2]}
   * @return features {@code [N, C, H, W]}
   */
  public static Variable apply(Tape tape, Variable x) {
    Shape s = x.shape();
    Tensor y = tape.allocateFeatures(new Shape(s.n(), s.c(), s.h() - 2, s.w() - 2));
    tape.backend().pictures().cropEdges(y, x.value());
    return tape.record(y, new CropEdges(x), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().pictures().cropEdgesBackward(dx, gradOutput));
  }
}
