package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** Product of every channel of a feature map with one map of factors. Saves nothing. */
public record Mask(Variable features, Tensor mask) implements Op {

  /**
   * Returns the masked features.
   *
   * @param features {@code [N, C, H, W]}
   * @param mask float32 {@code [1, 1, H, W]}
   * @return features of the same shape
   */
  public static Variable apply(Tape tape, Variable features, Tensor mask) {
    Shape shape = features.shape();
    Shapes.requireSame("Mask", Shape.matrix(shape.h(), shape.w()), mask.shape());
    Tensor y = tape.allocateFeatures(shape);
    tape.backend().algebra().multiplyMask(y, features.value(), mask);
    return tape.record(y, new Mask(features, mask), features);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(features, df -> tape.backend().algebra().multiplyMask(df, gradOutput, mask));
  }
}
