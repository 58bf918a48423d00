package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Tensor;

/** Sum of two tensors of one shape. Saves nothing. */
public record Add(Variable a, Variable b) implements Op {

  /** Returns {@code a + b}, of their shape and type. */
  public static Variable apply(Tape tape, Variable a, Variable b) {
    Shapes.requireSame("Add", a.shape(), b.shape());
    Tensor y = tape.allocateLike(a.value());
    tape.backend().add(y, a.value(), b.value());
    return tape.record(y, new Add(a, b), a, b);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    pass(tape, a, gradOutput);
    pass(tape, b, gradOutput);
  }

  private static void pass(Tape tape, Variable input, Tensor gradOutput) {
    tape.contribute(
        input,
        (destination, accumulate) -> {
          if (accumulate) {
            tape.backend().add(destination, destination, gradOutput);
          } else {
            tape.backend().copy(destination, gradOutput);
          }
        });
  }
}
