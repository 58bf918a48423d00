package dev.nst.cpu.scalar;

import java.util.Arrays;

/** Matrix products on row-major arrays. */
final class MatrixKernels {

  private MatrixKernels() {}

  /** {@code c[m,n] = alpha * sum over k of a[m,k] b[k,n]}. */
  static void gemm(float[] c, float[] a, float[] b, int rows, int inner, int columns, float alpha) {
    double[] sums = new double[columns];
    for (int m = 0; m < rows; m++) {
      Arrays.fill(sums, 0);
      for (int k = 0; k < inner; k++) {
        double factor = a[m * inner + k];
        for (int n = 0; n < columns; n++) {
          sums[n] += factor * b[k * columns + n];
        }
      }
      for (int n = 0; n < columns; n++) {
        c[m * columns + n] = (float) (alpha * sums[n]);
      }
    }
  }

  /**
   * {@code g = scale * F Ft} with F {@code [channels, positions]}; each pair of rows is multiplied
   * once.
   */
  static void gram(float[] g, float[] f, int channels, int positions, float scale) {
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int p = 0; p < positions; p++) {
          sum += (double) f[i * positions + p] * f[j * positions + p];
        }
        float value = (float) (scale * sum);
        g[i * channels + j] = value;
        g[j * channels + i] = value;
      }
    }
  }

  /** {@code df (+)= scale * (dg + dgt) F}. */
  static void gramBackward(
      float[] df, float[] dg, float[] f, int channels, int positions, float scale, boolean add) {
    if (!add) {
      Arrays.fill(df, 0, channels * positions, 0);
    }
    for (int i = 0; i < channels; i++) {
      int row = i * positions;
      for (int j = 0; j < channels; j++) {
        float factor = scale * (dg[i * channels + j] + dg[j * channels + i]);
        int source = j * positions;
        for (int p = 0; p < positions; p++) {
          df[row + p] += factor * f[source + p];
        }
      }
    }
  }
}
