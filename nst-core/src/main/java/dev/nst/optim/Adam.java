package dev.nst.optim;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Adam (Kingma and Ba 2015, Algorithm 1) for one tensor. All state, the step count included, lives
 * on the device, so that a recorded step can be replayed.
 */
public final class Adam {

  private final Backend backend;
  private final AdamParameters parameters;
  private final Tensor firstMoment;
  private final Tensor secondMoment;
  private final Tensor count;

  /**
   * Creates the state before the first step.
   *
   * @param arena where the state lives
   * @param shape of the optimised tensor
   */
  public Adam(Backend backend, Arena arena, Shape shape, AdamParameters parameters) {
    this.backend = backend;
    this.parameters = parameters;
    firstMoment = arena.allocate(shape);
    secondMoment = arena.allocate(shape);
    count = arena.allocate(Shape.scalar());
    backend.fill(firstMoment, 0);
    backend.fill(secondMoment, 0);
    backend.fill(count, 0);
  }

  /**
   * Moves {@code x} one step against {@code gradient}, or leaves everything as it is.
   *
   * @param x float32, updated
   * @param gradient float32, of the same shape
   * @param apply float32 scalar: 0 to leave the step out, 1 to take it
   */
  public void step(Tensor x, Tensor gradient, Tensor apply) {
    backend.adamStep(x, firstMoment, secondMoment, count, gradient, apply, parameters);
  }

  /** Returns the first moment, float32, of the optimised tensor's shape. */
  public Tensor firstMoment() {
    return firstMoment;
  }

  /** Returns the second moment, float32, of the optimised tensor's shape. */
  public Tensor secondMoment() {
    return secondMoment;
  }

  /** Returns the number of steps taken, a float32 scalar. */
  public Tensor count() {
    return count;
  }
}
