package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * The latest pairs of steps s and gradient differences y, in a ring, and their product with a
 * vector.
 */
final class LbfgsHistory {

  private final TensorAlgebra algebra;
  private final Backend backend;
  private final DeviceScalar scalar;
  private final int capacity;
  private final Tensor[] steps;
  private final Tensor[] differences;

  /** {@code 1 / y's} of each pair. */
  private final double[] inverseCurvature;

  private final double[] alpha;
  private int first;
  private int count;
  private double initialScale = 1;

  LbfgsHistory(Backend backend, Arena arena, Shape shape, int capacity, DeviceScalar scalar) {
    this.backend = backend;
    this.scalar = scalar;
    this.capacity = capacity;
    algebra = backend.algebra();
    // One place more than pairs: a new pair is judged before it drives out the oldest.
    steps = new Tensor[capacity + 1];
    differences = new Tensor[capacity + 1];
    inverseCurvature = new double[capacity + 1];
    alpha = new double[capacity + 1];
    for (int i = 0; i <= capacity; i++) {
      steps[i] = arena.allocate(shape);
      differences[i] = arena.allocate(shape);
    }
  }

  private int place(int age) {
    return (first + age) % steps.length;
  }

  /** Returns where to write the step of the next pair. */
  Tensor spareStep() {
    return steps[place(count)];
  }

  /** Returns where to write the gradient difference of the next pair. */
  Tensor spareDifference() {
    return differences[place(count)];
  }

  /**
   * Takes up the pair written to the spare places, instead of the oldest when full.
   *
   * @param curvature {@code y's}
   * @param scale of the identity that stands for the inverse Hessian before all pairs
   */
  void keepSpare(double curvature, double scale) {
    inverseCurvature[place(count)] = 1 / curvature;
    initialScale = scale;
    if (count == capacity) {
      first = place(1);
    } else {
      count++;
    }
  }

  void clear() {
    first = 0;
    count = 0;
    initialScale = 1;
  }

  /** Multiplies {@code q} with the approximate inverse Hessian: the two-loop recursion. */
  void applyInverseHessian(Tensor q) {
    for (int age = count - 1; age >= 0; age--) {
      int i = place(age);
      alpha[i] = inverseCurvature[i] * scalar.dot(steps[i], q);
      algebra.addScaled(q, differences[i], (float) -alpha[i]);
    }
    backend.scale(q, q, (float) initialScale);
    for (int age = 0; age < count; age++) {
      int i = place(age);
      double beta = inverseCurvature[i] * scalar.dot(differences[i], q);
      algebra.addScaled(q, steps[i], (float) (alpha[i] - beta));
    }
  }
}
