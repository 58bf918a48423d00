package dev.nst.cpu.scalar;

import dev.nst.tensor.Shape;
import java.util.Arrays;

/** 2x2 pooling of stride 2 and its gradients, window by window. */
final class PoolKernels {

  private PoolKernels() {}

  static void max(float[] y, float[] x, Shape xs, float scale) {
    forEachWindow(xs, (window, at) -> y[window] = scale * x[argMax(x, at, xs.w())]);
  }

  static void maxBackward(float[] dx, float[] dy, float[] x, Shape xs, float scale) {
    Arrays.fill(dx, 0, Math.toIntExact(xs.size()), 0);
    forEachWindow(xs, (window, at) -> dx[argMax(x, at, xs.w())] = scale * dy[window]);
  }

  static void average(float[] y, float[] x, Shape xs, float scale) {
    int w = xs.w();
    forEachWindow(
        xs,
        (window, at) ->
            y[window] = scale * 0.25f * ((x[at] + x[at + 1]) + (x[at + w] + x[at + w + 1])));
  }

  static void averageBackward(float[] dx, float[] dy, Shape xs, float scale) {
    Arrays.fill(dx, 0, Math.toIntExact(xs.size()), 0);
    int w = xs.w();
    forEachWindow(
        xs,
        (window, at) -> {
          float share = scale * 0.25f * dy[window];
          dx[at] = share;
          dx[at + 1] = share;
          dx[at + w] = share;
          dx[at + w + 1] = share;
        });
  }

  static void l2(float[] y, float[] x, Shape xs, float scale) {
    forEachWindow(xs, (window, at) -> y[window] = (float) (scale * norm(x, at, xs.w())));
  }

  static void l2Backward(float[] dx, float[] dy, float[] x, Shape xs, float scale) {
    Arrays.fill(dx, 0, Math.toIntExact(xs.size()), 0);
    int w = xs.w();
    forEachWindow(
        xs,
        (window, at) -> {
          double norm = norm(x, at, w);
          double share = norm == 0 ? 0 : scale * dy[window] / norm;
          for (int k : new int[] {at, at + 1, at + w, at + w + 1}) {
            dx[k] = (float) (share * x[k]);
          }
        });
  }

  private static double norm(float[] x, int at, int w) {
    double a = x[at];
    double b = x[at + 1];
    double c = x[at + w];
    double d = x[at + w + 1];
    return Math.sqrt(a * a + b * b + c * c + d * d);
  }

  /**
   * Index of the first maximum, in row-major order, of the window whose first element is {@code
   * at}.
   */
  private static int argMax(float[] x, int at, int width) {
    int best = at;
    for (int candidate : new int[] {at + 1, at + width, at + width + 1}) {
      // A NaN wins, as in PyTorch, so that it is seen instead of hidden.
      if (x[candidate] > x[best] || Float.isNaN(x[candidate])) {
        best = candidate;
      }
    }
    return best;
  }

  private interface WindowVisitor {
    void visit(int window, int at);
  }

  /** Visits each window with its index in the output and the index of its first input element. */
  private static void forEachWindow(Shape xs, WindowVisitor visitor) {
    int window = 0;
    for (int plane = 0; plane < xs.n() * xs.c(); plane++) {
      for (int i = 0; i < xs.h() / 2; i++) {
        int row = plane * xs.area() + 2 * i * xs.w();
        for (int j = 0; j < xs.w() / 2; j++) {
          visitor.visit(window++, row + 2 * j);
        }
      }
    }
  }
}
