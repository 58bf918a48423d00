package dev.nst.contract;

import static dev.nst.contract.Reference64.at;
import static dev.nst.contract.Reference64.inside;
import static dev.nst.contract.Reference64.pairsAcross;
import static dev.nst.contract.Reference64.pairsDown;
import static dev.nst.contract.Reference64.size;

import dev.nst.tensor.Shape;

/**
 * Every backward kernel of {@link dev.nst.backend.Backend} in double precision, as the transposed
 * loops of {@link Reference64}. {@link GradientContract} holds the same kernels against central
 * differences of the forward functions, so neither file is trusted alone.
 */
public final class ReferenceGradients64 {

  private ReferenceGradients64() {}

  /** {@code dx[n,c,i+u-1,j+v-1] += weights[k,c,u,v] * dy[n,k,i,j]}; the shape is that of x. */
  public static double[] conv3x3(double[] dy, Shape shape, double[] weights, int outChannels) {
    Shape out = shape.withChannels(outChannels);
    double[] dx = new double[size(shape)];
    for (int n = 0; n < out.n(); n++) {
      for (int k = 0; k < out.c(); k++) {
        for (int i = 0; i < out.h(); i++) {
          for (int j = 0; j < out.w(); j++) {
            double gradient = dy[at(out, n, k, i, j)];
            for (int c = 0; c < shape.c(); c++) {
              for (int u = 0; u < 3; u++) {
                for (int v = 0; v < 3; v++) {
                  if (inside(shape, i + u - 1, j + v - 1)) {
                    dx[at(shape, n, c, i + u - 1, j + v - 1)] +=
                        weights[((k * shape.c() + c) * 3 + u) * 3 + v] * gradient;
                  }
                }
              }
            }
          }
        }
      }
    }
    return dx;
  }

  /** {@code dx = y > 0 ? dy : 0}. */
  public static double[] relu(double[] dy, double[] y) {
    double[] dx = new double[dy.length];
    for (int i = 0; i < dy.length; i++) {
      dx[i] = y[i] > 0 ? dy[i] : 0;
    }
    return dx;
  }

  /**
   * {@code scale * dy} to the first maximum of its window in row-major order; the shape is that of
   * x.
   */
  public static double[] maxPool(double[] dy, double[] x, Shape shape, double scale) {
    Shape out = shape.pooled();
    double[] dx = new double[size(shape)];
    for (int n = 0; n < out.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        for (int i = 0; i < out.h(); i++) {
          for (int j = 0; j < out.w(); j++) {
            int best = at(shape, n, c, 2 * i, 2 * j);
            for (int u = 0; u < 2; u++) {
              for (int v = 0; v < 2; v++) {
                int candidate = at(shape, n, c, 2 * i + u, 2 * j + v);
                best = x[candidate] > x[best] ? candidate : best;
              }
            }
            dx[best] = scale * dy[at(out, n, c, i, j)];
          }
        }
      }
    }
    return dx;
  }

  /** {@code scale * dy / 4} to each position of the window; the shape is that of x. */
  public static double[] averagePool(double[] dy, Shape shape, double scale) {
    Shape out = shape.pooled();
    double[] dx = new double[size(shape)];
    for (int n = 0; n < out.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        for (int i = 0; i < 2 * out.h(); i++) {
          for (int j = 0; j < 2 * out.w(); j++) {
            dx[at(shape, n, c, i, j)] = scale * dy[at(out, n, c, i / 2, j / 2)] / 4;
          }
        }
      }
    }
    return dx;
  }

  /** {@code scale * dy * x / norm of the window}, 0 where that is 0; the shape is that of x. */
  public static double[] l2Pool(double[] dy, double[] x, Shape shape, double scale) {
    Shape out = shape.pooled();
    double[] norms = Reference64.l2Pool(x, shape, 1);
    double[] dx = new double[size(shape)];
    for (int n = 0; n < out.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        for (int i = 0; i < 2 * out.h(); i++) {
          for (int j = 0; j < 2 * out.w(); j++) {
            int window = at(out, n, c, i / 2, j / 2);
            int here = at(shape, n, c, i, j);
            dx[here] = norms[window] == 0 ? 0 : scale * dy[window] * x[here] / norms[window];
          }
        }
      }
    }
    return dx;
  }

  /** {@code df[a,p] = scale * sum over b of (dg[a,b] + dg[b,a]) * f[b,p]}. */
  public static double[] gram(double[] dg, double[] f, Shape shape, double scale) {
    int channels = shape.c();
    int positions = shape.area();
    double[] df = new double[channels * positions];
    for (int a = 0; a < channels; a++) {
      for (int p = 0; p < positions; p++) {
        double sum = 0;
        for (int b = 0; b < channels; b++) {
          sum += (dg[a * channels + b] + dg[b * channels + a]) * f[b * positions + p];
        }
        df[a * positions + p] = scale * sum;
      }
    }
    return df;
  }

  /** {@code da = gradLoss * 2 * weight / size * (a - b)}. */
  public static double[] meanSquaredError(double[] a, double[] b, double gradLoss, double weight) {
    double[] da = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      da[i] = gradLoss * 2 * weight / a.length * (a[i] - b[i]);
    }
    return da;
  }

  /**
   * Each pair of neighbours pulls its larger end up and its smaller end down, equal ends not at
   * all.
   */
  public static double[] totalVariation(
      double[] x, Shape shape, double gradLoss, double across, double down) {
    double[] dx = new double[x.length];
    for (int n = 0; n < shape.n(); n++) {
      for (int c = 0; c < shape.c(); c++) {
        for (int i = 0; i < shape.h(); i++) {
          for (int j = 0; j < shape.w(); j++) {
            int here = at(shape, n, c, i, j);
            if (inside(shape, i, j + 1)) {
              pull(dx, x, here, at(shape, n, c, i, j + 1), gradLoss * across / pairsAcross(shape));
            }
            if (inside(shape, i + 1, j)) {
              pull(dx, x, here, at(shape, n, c, i + 1, j), gradLoss * down / pairsDown(shape));
            }
          }
        }
      }
    }
    return dx;
  }

  private static void pull(double[] dx, double[] x, int here, int next, double strength) {
    double sign = Math.signum(x[next] - x[here]);
    dx[next] += strength * sign;
    dx[here] -= strength * sign;
  }

  /**
   * Twice its weight times its difference from each pair of pixels; pairs as in {@link
   * Reference64#squaredVariation}.
   */
  public static double[] squaredVariation(
      double[] x, Shape shape, double gradLoss, double straight, double diagonal) {
    double[] dx = new double[x.length];
    for (int plane = 0; plane < shape.n() * shape.c(); plane++) {
      for (int i = 0; i <= shape.h(); i++) {
        for (int j = 0; j <= shape.w(); j++) {
          int topLeft = clamped(shape, plane, i - 1, j - 1);
          int topRight = clamped(shape, plane, i - 1, j);
          int bottomLeft = clamped(shape, plane, i, j - 1);
          int bottomRight = clamped(shape, plane, i, j);
          spring(dx, x, topLeft, bottomRight, gradLoss * diagonal);
          spring(dx, x, topRight, bottomLeft, gradLoss * diagonal);
          spring(dx, x, bottomLeft, bottomRight, i < shape.h() ? gradLoss * straight : 0);
          spring(dx, x, topRight, bottomRight, j < shape.w() ? gradLoss * straight : 0);
        }
      }
    }
    return dx;
  }

  private static int clamped(Shape shape, int plane, int i, int j) {
    int row = Math.min(Math.max(i, 0), shape.h() - 1);
    int column = Math.min(Math.max(j, 0), shape.w() - 1);
    return (plane * shape.h() + row) * shape.w() + column;
  }

  private static void spring(double[] dx, double[] x, int here, int next, double strength) {
    double pull = 2 * strength * (x[next] - x[here]);
    dx[next] += pull;
    dx[here] -= pull;
  }

  /** The sum over each pixel's copies; the shape is that of the picture without padding. */
  public static double[] pad(double[] dy, Shape shape) {
    double[] dx = new double[size(shape)];
    int at = 0;
    for (int plane = 0; plane < shape.n() * shape.c(); plane++) {
      for (int i = -1; i <= shape.h(); i++) {
        for (int j = -1; j <= shape.w(); j++) {
          dx[clamped(shape, plane, i, j)] += dy[at++];
        }
      }
    }
    return dx;
  }
}
