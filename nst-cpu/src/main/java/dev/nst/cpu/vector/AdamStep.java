package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.backend.AdamParameters;
import jdk.incubator.vector.FloatVector;

/**
 * One step of Adam on arrays of numbers.
 *
 * @param keepFirst beta1, what stays of the gradients' mean m
 * @param newFirst 1 - beta1
 * @param keepSecond beta2, what stays of their squares' mean v
 * @param newSecond 1 - beta2
 * @param stepSize learning rate / (1 - beta1^t)
 * @param rootScale 1 / sqrt(1 - beta2^t)
 * @param epsilon added to the denominator
 */
record AdamStep(
    float keepFirst,
    float newFirst,
    float keepSecond,
    float newSecond,
    float stepSize,
    float rootScale,
    float epsilon) {

  /**
   * Works out the factors.
   *
   * @param step t, counted from 1
   */
  static AdamStep of(AdamParameters parameters, int step) {
    double b1 = parameters.beta1();
    double b2 = parameters.beta2();
    return new AdamStep(
        (float) b1,
        (float) (1 - b1),
        (float) b2,
        (float) (1 - b2),
        (float) (parameters.learningRate() / (1 - Math.pow(b1, step))),
        (float) (1 / Math.sqrt(1 - Math.pow(b2, step))),
        (float) parameters.epsilon());
  }

  /** Moves the numbers {@code [from, to)} of x, whole vectors, and updates m and v. */
  void move(float[] x, float[] m, float[] v, float[] gradient, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector g = FloatVector.fromArray(FLOATS, gradient, i);
      FloatVector first = FloatVector.fromArray(FLOATS, m, i).mul(keepFirst).add(g.mul(newFirst));
      FloatVector second =
          FloatVector.fromArray(FLOATS, v, i).mul(keepSecond).add(g.mul(g).mul(newSecond));
      first.intoArray(m, i);
      second.intoArray(v, i);
      FloatVector denominator = second.sqrt().mul(rootScale).add(epsilon);
      FloatVector.fromArray(FLOATS, x, i).sub(first.mul(stepSize).div(denominator)).intoArray(x, i);
    }
  }
}
