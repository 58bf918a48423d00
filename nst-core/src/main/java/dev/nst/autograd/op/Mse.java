package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Weighted mean squared difference to a constant target, {@code loss = w * mean((x - target)^2)}.
 * Gatys, Ecker, Bethge 2015, eq. 1 has half the sum instead of the mean. Saves its input.
 */
public record Mse(Variable x, Tensor target, float weight) implements Op {

  /**
   * Returns the weighted loss.
   *
   * @param x any shape
   * @param target same shape
   * @param weight w
   * @return float32 scalar
   */
  public static Variable apply(Tape tape, Variable x, Tensor target, float weight) {
    Shapes.requireSame("Mse", x.shape(), target.shape());
    Tensor loss = tape.allocate(Shape.scalar());
    tape.backend().meanSquaredError(loss, x.value(), target, weight);
    return tape.record(loss, new Mse(x, target, weight), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contribute(
        x,
        (dx, accumulate) ->
            tape.backend()
                .meanSquaredErrorBackward(dx, x.value(), target, gradOutput, weight, accumulate));
  }
}
