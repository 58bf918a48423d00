package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Weighted squared differences of neighbouring pixels, straight and diagonal ones; see {@link
 * dev.nst.backend.PictureKernels#squaredVariation} for the picture's edge. Saves its input.
 */
public record SquaredVariation(Variable x, float straight, float diagonal) implements Op {

  /**
   * Returns the weighted loss.
   *
   * @param x float32 {@code [N, C, H, W]}
   * @param straight factor on the sum over horizontal and vertical neighbours
   * @param diagonal factor on the sum over both diagonals
   * @return float32 scalar
   */
  public static Variable apply(Tape tape, Variable x, float straight, float diagonal) {
    Tensor loss = tape.allocate(Shape.scalar());
    tape.backend().pictures().squaredVariation(loss, x.value(), straight, diagonal);
    return tape.record(loss, new SquaredVariation(x, straight, diagonal), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contribute(
        x,
        (dx, accumulate) ->
            tape.backend()
                .pictures()
                .squaredVariationBackward(
                    dx, x.value(), gradOutput, straight, diagonal, accumulate));
  }
}
