package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Gram matrix {@code G = scale * F Ft} of a feature map read as {@code F = [C, H*W]} (Gatys, Ecker,
 * Bethge 2015, eq. 3; the paper has no scale). Saves its input.
 */
public record Gram(Variable features, float scale) implements Op {

  /**
   * Returns the Gram matrix.
   *
   * @param features {@code [1, C, H, W]}
   * @param scale factor on every entry
   * @return float32 {@code [C, C]}
   */
  public static Variable apply(Tape tape, Variable features, float scale) {
    Tensor g = tape.allocate(outputShape("Gram", features));
    tape.backend().gram(g, features.value(), scale);
    return tape.record(g, new Gram(features, scale), features);
  }

  static Shape outputShape(String operation, Variable features) {
    Shapes.requireSinglePicture(operation, features);
    return Shape.matrix(features.shape().c(), features.shape().c());
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contribute(
        features,
        (df, accumulate) ->
            tape.backend().gramBackward(df, gradOutput, features.value(), scale, accumulate));
  }
}
