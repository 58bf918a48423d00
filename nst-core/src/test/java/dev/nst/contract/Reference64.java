package dev.nst.contract;

import dev.nst.tensor.Shape;

/**
 * Every forward kernel of {@link dev.nst.backend.Backend}, in double precision on row-major NCHW
 * arrays and written like its formula. Slow on purpose: nothing here is clever enough to be wrong
 * in the same way as a backend.
 */
public final class Reference64 {

  private Reference64() {}

  // ---- convolution ----------------------------------------------------------------------------

  /** {@code y[n,k,i,j] = bias[k] + sum over c,u,v of weights[k,c,u,v] * x[n,c,i+u-1,j+v-1]}. */
  public static double[] conv3x3(double[] x, Shape shape, double[] weights, double[] bias) {
    Shape out = shape.withChannels(bias.length);
    double[] y = new double[size(out)];
    for (int n = 0; n < out.n(); n++) {
      for (int k = 0; k < out.c(); k++) {
        for (int i = 0; i < out.h(); i++) {
          for (int j = 0; j < out.w(); j++) {
            double sum = bias[k];
            for (int c = 0; c < shape.c(); c++) {
              for (int u = 0; u < 3; u++) {
                for (int v = 0; v < 3; v++) {
                  if (inside(shape, i + u - 1, j + v - 1)) {
                    sum +=
                        weights[((k * shape.c() + c) * 3 + u) * 3 + v]
                            * x[at(shape, n, c, i + u - 1, j + v - 1)];
                  }
                }
              }
            }
            y[at(out, n, k, i, j)] = sum;
          }
        }
      }
    }
    return y;
  }

  // ---- activation and pooling -----------------------------------------------------------------

  /** {@code y = max(x, 0)}. */
  public static double[] relu(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(x[i], 0);
    }
    return y;
  }

  /** {@code y[n,c,i,j] = scale * max over u,v in {0,1} of x[n,c,2i+u,2j+v]}. */
  public static double[] maxPool(double[] x, Shape shape, double scale) {
    Shape out = shape.pooled();
    double[] y = new double[size(out)];
    for (int n = 0; n < out.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        for (int i = 0; i < out.h(); i++) {
          for (int j = 0; j < out.w(); j++) {
            double top =
                Math.max(x[at(shape, n, c, 2 * i, 2 * j)], x[at(shape, n, c, 2 * i, 2 * j + 1)]);
            double bottom =
                Math.max(
                    x[at(shape, n, c, 2 * i + 1, 2 * j)], x[at(shape, n, c, 2 * i + 1, 2 * j + 1)]);
            y[at(out, n, c, i, j)] = scale * Math.max(top, bottom);
          }
        }
      }
    }
    return y;
  }

  /** {@code y[n,c,i,j] = scale * mean over u,v in {0,1} of x[n,c,2i+u,2j+v]}. */
  public static double[] averagePool(double[] x, Shape shape, double scale) {
    Shape out = shape.pooled();
    double[] y = new double[size(out)];
    for (int n = 0; n < out.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        for (int i = 0; i < out.h(); i++) {
          for (int j = 0; j < out.w(); j++) {
            double sum =
                x[at(shape, n, c, 2 * i, 2 * j)]
                    + x[at(shape, n, c, 2 * i, 2 * j + 1)]
                    + x[at(shape, n, c, 2 * i + 1, 2 * j)]
                    + x[at(shape, n, c, 2 * i + 1, 2 * j + 1)];
            y[at(out, n, c, i, j)] = scale * sum / 4;
          }
        }
      }
    }
    return y;
  }

  /** {@code y[n,c,i,j] = scale * sqrt(sum over u,v in {0,1} of x[n,c,2i+u,2j+v]^2)}. */
  public static double[] l2Pool(double[] x, Shape shape, double scale) {
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = x[i] * x[i];
    }
    double[] y = averagePool(squares, shape, 4);
    for (int i = 0; i < y.length; i++) {
      y[i] = scale * Math.sqrt(y[i]);
    }
    return y;
  }

  // ---- matrix products ------------------------------------------------------------------------

  /** {@code c[m,n] = alpha * sum over k of a[m,k] * b[k,n]}. */
  public static double[] gemm(
      double[] a, double[] b, int rows, int inner, int columns, double alpha) {
    double[] c = new double[rows * columns];
    for (int m = 0; m < rows; m++) {
      for (int n = 0; n < columns; n++) {
        double sum = 0;
        for (int k = 0; k < inner; k++) {
          sum += a[m * inner + k] * b[k * columns + n];
        }
        c[m * columns + n] = alpha * sum;
      }
    }
    return c;
  }

  /** {@code g[a,b] = scale * sum over positions p of f[a,p] * f[b,p]}, f being {@code [C, H*W]}. */
  public static double[] gram(double[] f, Shape shape, double scale) {
    int channels = shape.c();
    int positions = shape.area();
    double[] g = new double[channels * channels];
    for (int a = 0; a < channels; a++) {
      for (int b = 0; b < channels; b++) {
        double sum = 0;
        for (int p = 0; p < positions; p++) {
          sum += f[a * positions + p] * f[b * positions + p];
        }
        g[a * channels + b] = scale * sum;
      }
    }
    return g;
  }

  // ---- element-wise ---------------------------------------------------------------------------

  /** {@code y = a + b}. */
  public static double[] add(double[] a, double[] b) {
    double[] y = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = a[i] + b[i];
    }
    return y;
  }

  /** {@code y = factor * x}. */
  public static double[] scale(double[] x, double factor) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = factor * x[i];
    }
    return y;
  }

  /** {@code y[n,c,i,j] = factor[c] * x[n,c,i,j] + offset[c]}. */
  public static double[] affine(double[] x, Shape shape, double[] factor, double[] offset) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / shape.area() % shape.c();
      y[i] = factor[c] * x[i] + offset[c];
    }
    return y;
  }

  // ---- losses ---------------------------------------------------------------------------------

  /** {@code weight * mean((a - b)^2)}. */
  public static double meanSquaredError(double[] a, double[] b, double weight) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return weight * sum / a.length;
  }

  /**
   * {@code acrossWeight * mean |x[..,j+1] - x[..,j]| + downWeight * mean |x[..,i+1,:] -
   * x[..,i,:]|}; the mean over no pair at all is zero.
   */
  public static double totalVariation(
      double[] x, Shape shape, double acrossWeight, double downWeight) {
    double across = 0;
    double down = 0;
    for (int n = 0; n < shape.n(); n++) {
      for (int c = 0; c < shape.c(); c++) {
        for (int i = 0; i < shape.h(); i++) {
          for (int j = 0; j < shape.w(); j++) {
            double here = x[at(shape, n, c, i, j)];
            if (inside(shape, i, j + 1)) {
              across += Math.abs(x[at(shape, n, c, i, j + 1)] - here);
            }
            if (inside(shape, i + 1, j)) {
              down += Math.abs(x[at(shape, n, c, i + 1, j)] - here);
            }
          }
        }
      }
    }
    double meanAcross = shape.w() > 1 ? across / pairsAcross(shape) : 0;
    double meanDown = shape.h() > 1 ? down / pairsDown(shape) : 0;
    return acrossWeight * meanAcross + downWeight * meanDown;
  }

  /**
   * {@code straight * (sum dx^2 + sum dy^2) + diagonal * (sum d1^2 + sum d2^2)}, written as in
   * crowsonkb/style-transfer-pytorch: on the picture padded by one replicated pixel.
   */
  public static double squaredVariation(double[] x, Shape shape, double straight, double diagonal) {
    Shape padded = new Shape(shape.n(), shape.c(), shape.h() + 2, shape.w() + 2);
    double[] p = pad(x, shape);
    double sum = 0;
    for (int n = 0; n < shape.n(); n++) {
      for (int c = 0; c < shape.c(); c++) {
        for (int i = 0; i + 1 < padded.h(); i++) {
          for (int j = 0; j + 1 < padded.w(); j++) {
            double here = p[at(padded, n, c, i, j)];
            double right = p[at(padded, n, c, i, j + 1)];
            double below = p[at(padded, n, c, i + 1, j)];
            double across = p[at(padded, n, c, i + 1, j + 1)];
            sum += diagonal * ((across - here) * (across - here));
            sum += diagonal * ((below - right) * (below - right));
            sum += i > 0 ? straight * (right - here) * (right - here) : 0;
            sum += j > 0 ? straight * (below - here) * (below - here) : 0;
          }
        }
      }
    }
    return sum;
  }

  /** The picture with one pixel around it, each the nearest one's copy. */
  public static double[] pad(double[] x, Shape shape) {
    Shape padded = new Shape(shape.n(), shape.c(), shape.h() + 2, shape.w() + 2);
    double[] p = new double[size(padded)];
    for (int n = 0; n < shape.n(); n++) {
      for (int c = 0; c < shape.c(); c++) {
        for (int i = 0; i < padded.h(); i++) {
          for (int j = 0; j < padded.w(); j++) {
            int row = Math.min(Math.max(i - 1, 0), shape.h() - 1);
            int column = Math.min(Math.max(j - 1, 0), shape.w() - 1);
            p[at(padded, n, c, i, j)] = x[at(shape, n, c, row, column)];
          }
        }
      }
    }
    return p;
  }

  // ---- indices --------------------------------------------------------------------------------

  static int pairsAcross(Shape shape) {
    return shape.n() * shape.c() * shape.h() * (shape.w() - 1);
  }

  static int pairsDown(Shape shape) {
    return shape.n() * shape.c() * (shape.h() - 1) * shape.w();
  }

  static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  static int at(Shape shape, int n, int c, int i, int j) {
    return ((n * shape.c() + c) * shape.h() + i) * shape.w() + j;
  }

  static boolean inside(Shape shape, int i, int j) {
    return i >= 0 && i < shape.h() && j >= 0 && j < shape.w();
  }
}
