package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.fail;

import dev.nst.tensor.Shape;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * How far values lie from where a function bends. A central difference across a bend is no
 * gradient, and a backend that rounds differently may stand on its other side.
 */
final class Kinks {

  private static final int MOST_DRAWS = 5000;

  private Kinks() {}

  /**
   * Returns the first of the drawn inputs whose distance from every bend is at least {@code
   * margin}.
   */
  static double[] avoid(
      Supplier<double[]> draw, ToDoubleFunction<double[]> distance, double margin) {
    for (int i = 0; i < MOST_DRAWS; i++) {
      double[] x = draw.get();
      if (distance.applyAsDouble(x) >= margin) {
        return x;
      }
    }
    return fail("no input keeps a margin of " + margin + "; the map is too large for this check");
  }

  /** Returns how near to zero the input of a ReLU comes. */
  static double ofRelu(double[] x) {
    double nearest = Double.POSITIVE_INFINITY;
    for (double value : x) {
      nearest = Math.min(nearest, Math.abs(value));
    }
    return nearest;
  }

  /**
   * Returns the smallest lead of a 2x2 window's maximum. Windows of zeros do not count: after a
   * ReLU they stay zero.
   */
  static double ofMaxPool(double[] x, Shape shape) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int plane = 0; plane < shape.n() * shape.c(); plane++) {
      for (int i = 0; i + 1 < shape.h(); i += 2) {
        for (int j = 0; j + 1 < shape.w(); j += 2) {
          int at = (plane * shape.h() + i) * shape.w() + j;
          double[] window = {x[at], x[at + 1], x[at + shape.w()], x[at + shape.w() + 1]};
          Arrays.sort(window);
          if (window[3] != 0) {
            nearest = Math.min(nearest, window[3] - window[2]);
          }
        }
      }
    }
    return nearest;
  }
}
