package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Tensor;

/** Rectifier {@code max(x, 0)}, with gradient 0 at 0 as PyTorch has it. Saves its output. */
public record Relu(Variable x, Tensor y) implements Op {

  /** Returns the rectified features, same shape. */
  public static Variable apply(Tape tape, Variable x) {
    Tensor y = tape.allocateFeatures(x.shape());
    tape.backend().relu(y, x.value());
    return tape.record(y, new Relu(x, y), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().reluBackward(dx, gradOutput, y));
  }
}
