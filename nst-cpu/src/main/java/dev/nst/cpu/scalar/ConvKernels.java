package dev.nst.cpu.scalar;

import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * 3x3 convolution, one output row at a time: each of the nine taps of each input channel adds a shifted,
 * weighted input row. The innermost loop walks along a row, which the JVM's compiler vectorises by itself.
 */
final class ConvKernels {

  private ConvKernels() {}

  /** {@code y[n,k,i,j] = bias[k] + sum of w[k,c,u,v] x[n,c,i+u-1,j+v-1]}; xs is the shape of x. */
  static void forward(float[] y, float[] x, Shape xs, ScalarFilter filter) {
    int outChannels = filter.outChannels();
    for (int n = 0; n < xs.n(); n++) {
      for (int k = 0; k < outChannels; k++) {
        int plane = (n * outChannels + k) * xs.area();
        Arrays.fill(y, plane, plane + xs.area(), filter.bias()[k]);
        for (int c = 0; c < xs.c(); c++) {
          int taps = (k * xs.c() + c) * 9;
          addPlane(y, plane, x, (n * xs.c() + c) * xs.area(), xs, filter.weights(), taps, 1);
        }
      }
    }
  }

  /** Gradient with respect to the input: the same sum with the filter rotated by half a turn. */
  static void backward(float[] dx, float[] dy, Shape xs, ScalarFilter filter) {
    int outChannels = filter.outChannels();
    for (int n = 0; n < xs.n(); n++) {
      for (int c = 0; c < xs.c(); c++) {
        int plane = (n * xs.c() + c) * xs.area();
        Arrays.fill(dx, plane, plane + xs.area(), 0);
        for (int k = 0; k < outChannels; k++) {
          int lastTap = (k * xs.c() + c) * 9 + 8;
          addPlane(
              dx, plane, dy, (n * outChannels + k) * xs.area(), xs, filter.weights(), lastTap, -1);
        }
      }
    }
  }

  /** Adds one input plane, convolved with nine taps that start at {@code tap} and go by {@code step}. */
  private static void addPlane(
      float[] y, int yPlane, float[] x, int xPlane, Shape s, float[] w, int tap, int step) {
    for (int i = 0; i < s.h(); i++) {
      int row = yPlane + i * s.w();
      for (int u = 0; u < 3; u++) {
        int source = i + u - 1;
        if (source < 0 || source >= s.h()) {
          continue;
        }
        for (int v = 0; v < 3; v++) {
          float weight = w[tap + (u * 3 + v) * step];
          addShiftedRow(y, row, x, xPlane + source * s.w(), s.w(), v - 1, weight);
        }
      }
    }
  }

  /** {@code y[j] += weight * x[j + shift]} where both exist. */
  private static void addShiftedRow(
      float[] y, int yRow, float[] x, int xRow, int width, int shift, float weight) {
    int from = Math.max(0, -shift);
    int to = Math.min(width, width - shift);
    int offset = xRow + shift;
    for (int j = from; j < to; j++) {
      y[yRow + j] += weight * x[offset + j];
    }
  }
}
