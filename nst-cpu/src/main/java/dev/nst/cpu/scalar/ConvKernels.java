package dev.nst.cpu.scalar;

import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * 3x3 convolution, one output row at a time: each of the nine taps of each input channel adds a
 * shifted, weighted input row to a row of double accumulators. The innermost loop walks along the
 * row, which the JVM's compiler vectorises by itself.
 */
final class ConvKernels {

  private ConvKernels() {}

  /** {@code y[n,k,i,j] = bias[k] + sum of w[k,c,u,v] x[n,c,i+u-1,j+v-1]}; xs is the shape of x. */
  static void forward(float[] y, float[] x, Shape xs, ScalarFilter filter) {
    double[] sums = new double[xs.w()];
    for (int n = 0; n < xs.n(); n++) {
      for (int k = 0; k < filter.outChannels(); k++) {
        for (int i = 0; i < xs.h(); i++) {
          Arrays.fill(sums, filter.bias()[k]);
          for (int c = 0; c < xs.c(); c++) {
            int plane = (n * xs.c() + c) * xs.area();
            int taps = (k * xs.c() + c) * 9;
            addThreeRows(sums, x, plane, i, xs, filter.weights(), taps, 1);
          }
          store(y, ((n * filter.outChannels() + k) * xs.h() + i) * xs.w(), sums);
        }
      }
    }
  }

  /** Gradient with respect to the input: the same sum with the filter rotated by half a turn. */
  static void backward(float[] dx, float[] dy, Shape xs, ScalarFilter filter) {
    double[] sums = new double[xs.w()];
    for (int n = 0; n < xs.n(); n++) {
      for (int c = 0; c < xs.c(); c++) {
        for (int i = 0; i < xs.h(); i++) {
          Arrays.fill(sums, 0);
          for (int k = 0; k < filter.outChannels(); k++) {
            int plane = (n * filter.outChannels() + k) * xs.area();
            int lastTap = (k * xs.c() + c) * 9 + 8;
            addThreeRows(sums, dy, plane, i, xs, filter.weights(), lastTap, -1);
          }
          store(dx, ((n * xs.c() + c) * xs.h() + i) * xs.w(), sums);
        }
      }
    }
  }

  /**
   * Adds the rows around row {@code i} of a plane, with nine taps from {@code tap} on by {@code
   * step}.
   */
  private static void addThreeRows(
      double[] sums, float[] x, int plane, int i, Shape s, float[] w, int tap, int step) {
    for (int u = 0; u < 3; u++) {
      int source = i + u - 1;
      if (source < 0 || source >= s.h()) {
        continue;
      }
      for (int v = 0; v < 3; v++) {
        addShiftedRow(sums, x, plane + source * s.w(), v - 1, w[tap + (u * 3 + v) * step]);
      }
    }
  }

  /** {@code sums[j] += weight * x[j + shift]} where both exist. */
  private static void addShiftedRow(double[] sums, float[] x, int row, int shift, double weight) {
    int from = Math.max(0, -shift);
    int to = Math.min(sums.length, sums.length - shift);
    for (int j = from; j < to; j++) {
      sums[j] += weight * x[row + shift + j];
    }
  }

  private static void store(float[] y, int row, double[] sums) {
    for (int j = 0; j < sums.length; j++) {
      y[row + j] = (float) sums[j];
    }
  }
}
