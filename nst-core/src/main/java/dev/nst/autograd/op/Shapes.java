package dev.nst.autograd.op;

import dev.nst.autograd.Variable;
import dev.nst.tensor.Shape;

/** The shape checks that several operations share. */
final class Shapes {

  private Shapes() {}

  static void requireSame(String operation, Shape expected, Shape actual) {
    if (!expected.equals(actual)) {
      throw new IllegalArgumentException(
          operation + ": both operands must have one shape, got " + expected + " and " + actual);
    }
  }

  static void requireSinglePicture(String operation, Variable x) {
    if (x.shape().n() != 1) {
      throw new IllegalArgumentException(
          operation + " takes the feature map of one picture, got a batch: " + x.shape());
    }
  }
}
