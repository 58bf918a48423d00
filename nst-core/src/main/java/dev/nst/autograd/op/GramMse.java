package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Weighted mean squared difference of a Gram matrix to a target: {@code G = s F Ft}, {@code loss =
 * w * mean((G - A)^2)}, {@code dF = (4 w s / C^2) (G - A) F} (Gatys, Ecker, Bethge 2015, eq. 4 to
 * 6, whose constant 1 / (4 N^2 M^2) is left to the weight). One product forward and one backward;
 * saves F and G.
 */
public record GramMse(Variable features, Tensor gram, Tensor target, float scale, float weight)
    implements Op {

  /**
   * Returns the weighted loss.
   *
   * @param features {@code [1, C, H, W]}
   * @param target A, float32 {@code [C, C]}, symmetric, scaled like G
   * @param scale s
   * @param weight w
   * @return float32 scalar
   */
  public static Variable apply(
      Tape tape, Variable features, Tensor target, float scale, float weight) {
    Shape shape = Gram.outputShape("GramMse", features);
    Shapes.requireSame("GramMse", shape, target.shape());
    Tensor gram = tape.allocate(shape);
    tape.backend().gram(gram, features.value(), scale);
    Tensor loss = tape.allocate(Shape.scalar());
    tape.backend().meanSquaredError(loss, gram, target, weight);
    return tape.record(loss, new GramMse(features, gram, target, scale, weight), features);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    Tensor gradGram = tape.allocate(gram.shape());
    tape.backend().meanSquaredErrorBackward(gradGram, gram, target, gradOutput, weight, false);
    gram.release();
    tape.contribute(
        features,
        (df, accumulate) ->
            tape.backend().gramBackward(df, gradGram, features.value(), scale, accumulate));
    gradGram.release();
  }
}
