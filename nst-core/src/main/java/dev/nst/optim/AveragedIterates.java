package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Exponential moving average of an optimised tensor, corrected for its start at zero (Kingma and Ba
 * 2015, section 7.2; crowsonkb/style-transfer-pytorch has it with decay .99): {@code a = d a, v = d
 * v + (1 - d) x}, from {@code a = 1, v = 0}; the average is {@code v / (1 - a)}. All state lives on
 * the device, so that a recorded step can be replayed.
 */
public final class AveragedIterates {

  private final Backend backend;
  private final float decay;
  private final Tensor sum;

  /** {@code -a}. */
  private final Tensor remainder;

  /**
   * Creates the average before the first step.
   *
   * @param arena where the state lives
   * @param shape of the averaged tensor
   * @param decay d, at least 0 and below 1
   */
  public AveragedIterates(Backend backend, Arena arena, Shape shape, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "an average's decay is at least 0 and below 1, got " + decay);
    }
    this.backend = backend;
    this.decay = (float) decay;
    sum = arena.allocate(shape);
    remainder = arena.allocate(Shape.scalar());
    restart();
  }

  /** Forgets every step. */
  public void restart() {
    backend.fill(sum, 0);
    backend.fill(remainder, -1);
  }

  /**
   * Takes in the values after a step.
   *
   * @param x float32
   */
  public void add(Tensor x) {
    backend.scale(remainder, remainder, decay);
    backend.scale(sum, sum, decay);
    backend.algebra().addScaled(sum, x, 1 - decay);
  }

  /**
   * Writes the average of the steps so far, at least one.
   *
   * @param average float32
   */
  public void get(Tensor average) {
    backend.algebra().scaleByPower(average, sum, remainder, 1, -1, 1);
  }
}
