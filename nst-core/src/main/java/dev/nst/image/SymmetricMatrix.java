package dev.nst.image;

/** Small symmetric matrices, such as the covariance of colours. */
final class SymmetricMatrix {

  /** Rounds of rotations; the off-diagonal shrinks quadratically, so few are needed. */
  private static final int SWEEPS = 12;

  private SymmetricMatrix() {}

  /**
   * {@code V diag(lambda^exponent) Vt} for a matrix {@code V diag(lambda) Vt}, by Jacobi's
   * rotations (Golub and Van Loan, "Matrix Computations", section 8.5).
   *
   * @param matrix symmetric and positive definite; not changed
   */
  static double[][] power(double[][] matrix, double exponent) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    double[][] result = new double[n][n];
    for (int k = 0; k < n; k++) {
      double power = Math.pow(a[k][k], exponent);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          result[i][j] += v[i][k] * power * v[j][k];
        }
      }
    }
    return result;
  }

  /** Turns the plane of p and q so that their entry becomes 0. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < a.length; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
      double kp = v[k][p];
      double kq = v[k][q];
      v[k][p] = c * kp - s * kq;
      v[k][q] = s * kp + c * kq;
    }
  }

  /** The product of two square matrices of one size. */
  static double[][] multiply(double[][] a, double[][] b) {
    int n = a.length;
    double[][] result = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          result[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return result;
  }
}
