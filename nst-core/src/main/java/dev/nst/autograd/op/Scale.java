package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Tensor;

/** Product of a tensor with a constant. Saves nothing. */
public record Scale(Variable x, float factor) implements Op {

  /** Returns {@code factor * x}, of its shape and type. */
  public static Variable apply(Tape tape, Variable x, float factor) {
    Tensor y = tape.allocateLike(x.value());
    tape.backend().scale(y, x.value(), factor);
    return tape.record(y, new Scale(x, factor), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().scale(dx, gradOutput, factor));
  }
}
