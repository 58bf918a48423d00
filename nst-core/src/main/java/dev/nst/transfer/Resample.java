package dev.nst.transfer;

import dev.nst.image.Dimensions;

/**
 * Changes the size of planes of floats as PyTorch's {@code interpolate(align_corners=False)} does:
 * without a filter against aliasing, edges repeated. Carries a picture and an optimiser's state
 * from one stage to the next.
 */
final class Resample {

  /** The parameter of Keys' cubic kernel (1981) that PyTorch has. */
  private static final double A = -0.75;

  private Resample() {}

  /** The taps of one line: for every output {@code taps} inputs and their weights. */
  private record Line(int taps, int[] index, double[] weight) {}

  /** Returns planes of another size, by cubic convolution. */
  static float[] bicubic(float[] planes, Dimensions from, Dimensions to) {
    return resample(
        planes,
        from,
        to,
        cubicLine(from.width(), to.width()),
        cubicLine(from.height(), to.height()));
  }

  /** Returns planes of another size, by linear interpolation. */
  static float[] bilinear(float[] planes, Dimensions from, Dimensions to) {
    return resample(
        planes,
        from,
        to,
        linearLine(from.width(), to.width()),
        linearLine(from.height(), to.height()));
  }

  private static Line cubicLine(int from, int to) {
    int[] index = new int[4 * to];
    double[] weight = new double[4 * to];
    for (int out = 0; out < to; out++) {
      double position = (out + 0.5) * from / to - 0.5;
      int below = (int) Math.floor(position);
      double t = position - below;
      double[] weights = {far(t + 1), near(t), near(1 - t), far(2 - t)};
      for (int tap = 0; tap < 4; tap++) {
        index[4 * out + tap] = Math.max(0, Math.min(from - 1, below - 1 + tap));
        weight[4 * out + tap] = weights[tap];
      }
    }
    return new Line(4, index, weight);
  }

  /** The kernel at distances up to 1. */
  private static double near(double d) {
    return ((A + 2) * d - (A + 3)) * d * d + 1;
  }

  /** The kernel at distances from 1 to 2. */
  private static double far(double d) {
    return ((A * d - 5 * A) * d + 8 * A) * d - 4 * A;
  }

  private static Line linearLine(int from, int to) {
    int[] index = new int[2 * to];
    double[] weight = new double[2 * to];
    for (int out = 0; out < to; out++) {
      double position = Math.max(0, (out + 0.5) * from / to - 0.5);
      int below = (int) position;
      index[2 * out] = below;
      index[2 * out + 1] = Math.min(from - 1, below + 1);
      weight[2 * out] = 1 - (position - below);
      weight[2 * out + 1] = position - below;
    }
    return new Line(2, index, weight);
  }

  private static float[] resample(
      float[] planes, Dimensions from, Dimensions to, Line across, Line down) {
    int count = Math.toIntExact(planes.length / from.pixels());
    float[] result = new float[Math.toIntExact(count * to.pixels())];
    double[] rows = new double[from.height() * to.width()];
    for (int plane = 0; plane < count; plane++) {
      int source = plane * from.width() * from.height();
      for (int y = 0; y < from.height(); y++) {
        for (int x = 0; x < to.width(); x++) {
          double sum = 0;
          for (int tap = across.taps() * x; tap < across.taps() * (x + 1); tap++) {
            sum += across.weight()[tap] * planes[source + y * from.width() + across.index()[tap]];
          }
          rows[y * to.width() + x] = sum;
        }
      }
      int target = plane * to.width() * to.height();
      for (int y = 0; y < to.height(); y++) {
        for (int x = 0; x < to.width(); x++) {
          double sum = 0;
          for (int tap = down.taps() * y; tap < down.taps() * (y + 1); tap++) {
            sum += down.weight()[tap] * rows[down.index()[tap] * to.width() + x];
          }
          result[target + y * to.width() + x] = (float) sum;
        }
      }
    }
    return result;
  }
}
