package dev.nst.loss;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** What a layer's error is measured in. */
public enum LossScale {
  /**
   * In the units of the features, as the base recipe has it. A layer's share of the whole then
   * depends on the network's scale at that layer and on the size of the picture.
   */
  ABSOLUTE,
  /**
   * Relative to the target: each layer's weight is divided by the mean square of its target, and
   * Gram matrices are means over positions instead of sums. Every layer then starts with an error
   * of about 1 times its weight, whatever the network, the pictures and their sizes.
   */
  RELATIVE;

  /**
   * A mean square below this is taken for zero: features are around 1, rounding is around 1e-14.
   */
  private static final double NEGLIGIBLE = 1e-12;

  /**
   * Returns {@code weight}, or what takes its place: {@code weight / mean(target^2)}, which waits
   * for the device.
   *
   * @param arena for working space, given back at once
   */
  public double weightFor(Backend backend, Arena arena, Tensor target, double weight) {
    if (this == ABSOLUTE) {
      return weight;
    }
    Tensor zero = arena.allocate(target.shape(), target.type());
    Tensor meanSquare = arena.allocate(Shape.scalar());
    backend.fill(zero, 0);
    backend.meanSquaredError(meanSquare, target, zero, 1);
    float[] value = new float[1];
    backend.download(value, meanSquare);
    zero.release();
    meanSquare.release();
    // A target of zeros (a black picture, to some layers) leaves nothing to be relative to.
    return value[0] > NEGLIGIBLE ? weight / value[0] : weight;
  }
}
