package dev.nst.cpu.scalar;

import dev.nst.tensor.Shape;

/** Losses, accumulated in double, and their gradients. */
final class LossKernels {

  private LossKernels() {}

  static float meanSquaredError(float[] a, float[] b, int size, float weight) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
    }
    return (float) (weight * (sum / size));
  }

  static void meanSquaredErrorBackward(
      float[] da, float[] a, float[] b, int size, float gradLoss, float weight, boolean add) {
    float factor = (float) (2.0 * gradLoss * weight / size);
    for (int i = 0; i < size; i++) {
      float gradient = factor * (a[i] - b[i]);
      da[i] = add ? da[i] + gradient : gradient;
    }
  }

  static float totalVariation(float[] x, Shape s, float across, float down) {
    double sumAcross = 0;
    double sumDown = 0;
    for (int at = 0, plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = 0; i < s.h(); i++) {
        for (int j = 0; j < s.w(); j++, at++) {
          sumAcross += j + 1 < s.w() ? Math.abs(x[at + 1] - x[at]) : 0;
          sumDown += i + 1 < s.h() ? Math.abs(x[at + s.w()] - x[at]) : 0;
        }
      }
    }
    double planes = (double) s.n() * s.c();
    double meanAcross = s.w() > 1 ? sumAcross / (planes * s.h() * (s.w() - 1)) : 0;
    double meanDown = s.h() > 1 ? sumDown / (planes * (s.h() - 1) * s.w()) : 0;
    return (float) (across * meanAcross + down * meanDown);
  }

  static void totalVariationBackward(
      float[] dx, float[] x, Shape s, double across, double down, boolean add) {
    double planes = (double) s.n() * s.c();
    float perAcross = (float) (across / (planes * s.h() * (s.w() - 1)));
    float perDown = (float) (down / (planes * (s.h() - 1) * s.w()));
    for (int at = 0, plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = 0; i < s.h(); i++) {
        for (int j = 0; j < s.w(); j++, at++) {
          float gradient = 0;
          if (j > 0) {
            gradient += perAcross * Math.signum(x[at] - x[at - 1]);
          }
          if (j + 1 < s.w()) {
            gradient -= perAcross * Math.signum(x[at + 1] - x[at]);
          }
          if (i > 0) {
            gradient += perDown * Math.signum(x[at] - x[at - s.w()]);
          }
          if (i + 1 < s.h()) {
            gradient -= perDown * Math.signum(x[at + s.w()] - x[at]);
          }
          dx[at] = add ? dx[at] + gradient : gradient;
        }
      }
    }
  }
}
