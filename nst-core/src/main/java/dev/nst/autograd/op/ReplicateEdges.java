package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** An image with one more pixel on every side, a copy of the nearest. Saves nothing. */
public record ReplicateEdges(Variable x) implements Op {

  /**
   * Returns the padded image.
   *
   * @param x float32 {@code [N, C, H, W]}
   * @return float32 {@code [N, C, H+2, W+2]}
   */
  public static Variable apply(Tape tape, Variable x) {
    Shape s = x.shape();
    Tensor y = tape.allocate(new Shape(s.n(), s.c(), s.h() + 2, s.w() + 2));
    tape.backend().pictures().replicateEdges(y, x.value());
    return tape.record(y, new ReplicateEdges(x), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().pictures().replicateEdgesBackward(dx, gradOutput));
  }
}
