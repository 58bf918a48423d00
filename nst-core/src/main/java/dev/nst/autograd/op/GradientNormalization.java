package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Passes its input on unchanged, and on the way back gives the gradient g of everything that read
 * the output a fixed size: {@code g * s / (|g|_1 + 1e-8)}, |.|_1 being the sum of absolute values
 * (the option {@code -normalize_gradients} of jcjohnson/neural-style). Put between a layer's
 * features and its loss, it lets the strength s alone say how much the layer pulls. Saves nothing.
 *
 * @param scale float32 scalar, the seed of the walk back, by which all its gradients are larger
 */
public record GradientNormalization(Variable x, Tensor scale, float strength) implements Op {

  private static final float EPSILON = 1e-8f;

  /**
   * Returns the input as another variable with the same value.
   *
   * @param x features or an image
   * @param scale what the walk back {@linkplain Tape#backward(Variable, Tensor) starts from}
   * @param strength s
   */
  public static Variable apply(Tape tape, Variable x, Tensor scale, float strength) {
    // Retained: the value is the input's, which lets it go when its own turn comes.
    return tape.record(x.value(), new GradientNormalization(x, scale, strength), x).retain();
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    TensorAlgebra algebra = tape.backend().algebra();
    Tensor sum = tape.allocate(Shape.scalar());
    algebra.absoluteSum(sum, gradOutput);
    algebra.scaleByPower(sum, sum, scale, 0, -1, 1);
    tape.contributeNew(x, dx -> algebra.scaleByPower(dx, gradOutput, sum, EPSILON, -1, strength));
    sum.release();
  }
}
