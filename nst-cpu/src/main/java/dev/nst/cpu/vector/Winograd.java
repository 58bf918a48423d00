package dev.nst.cpu.vector;

import java.util.Arrays;

/**
 * Minimal filtering of Winograd, as Lavin and Gray (2016, "Fast Algorithms for Convolutional Neural
 * Networks") use it for convolutions: an output tile of 4x4 pixels comes from an input tile d of
 * 6x6 pixels and a filter g of 3x3 taps by {@code Y = At [(G g Gt) . (Bt d B)] A}, where {@code .}
 * multiplies the 36 points one by one. That takes 36 multiplications a channel pair where the
 * direct method takes 144; an output tile of 6x6 pixels takes 64 instead of 324.
 *
 * <p>For {@link #F4}, the polynomials are evaluated at 0, a, -a, b, -b and infinity with {@code a =
 * sqrt(1/2)} and {@code b = sqrt(2)}:
 *
 * <pre>
 *      | 1   0  -5/2  0   1  0 |       |   1       0     0   |
 *      | 0  -b   -2   a   1  0 |       | -2/3  -2a/3   -1/3  |       | 1   1    1   a/2 -a/2 0 |
 * Bt = | 0   b   -2  -a   1  0 |   G = | -2/3   2a/3   -1/3  |  At = | 0   a   -a   1/2  1/2 0 |
 *      | 0   1    a  -2  -b  0 |       | -1/3  -2a/3   -2/3  |       | 0  1/2  1/2   a   -a  0 |
 *      | 0   1   -a  -2   b  0 |       | -1/3   2a/3   -2/3  |       | 0  a/2 -a/2   1    1  1 |
 *      | 0   1    0 -5/2  0  1 |       |   0       0     1   |
 * </pre>
 *
 * <p>With these points the rounding errors are half of those with the usual 1, -1, 2, -2: at 512
 * channels 1.7e-6 of the result's norm in float32 instead of 3.5e-6, and the largest is a quarter.
 *
 * <p>For {@link #F6} they are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity:
 *
 * <pre>
 *      | 1    0   -21/4    0    21/4     0    -1  0 |       |   1     0     0   |
 *      | 0    1     1   -17/4  -17/4     1     1  0 |       | -2/9  -2/9  -2/9  |
 *      | 0   -1     1    17/4  -17/4    -1     1  0 |       | -2/9   2/9  -2/9  |
 * Bt = | 0   1/2   1/4   -5/2   -5/4     2     1  0 |   G = | 16/45 32/45 64/45 |
 *      | 0  -1/2   1/4    5/2   -5/4    -2     1  0 |       | 16/45-32/45 64/45 |
 *      | 0    1     2    -5/4   -5/2    1/4   1/2 0 |       | 64/45 32/45 16/45 |
 *      | 0   -1     2     5/4   -5/2   -1/4   1/2 0 |       | 64/45-32/45 16/45 |
 *      | 0   -1     0    21/4     0   -21/4    0  1 |       |   0     0     1   |
 *
 *      | 1   1   1   1/32  1/32   1     1    0 |
 *      | 0   1  -1   1/16 -1/16  1/2  -1/2   0 |
 * At = | 0   1   1   1/8   1/8   1/4   1/4   0 |
 *      | 0   1  -1   1/4  -1/4   1/8  -1/8   0 |
 *      | 0   1   1   1/2   1/2   1/16  1/16  0 |
 *      | 0   1  -1    1    -1    1/32 -1/32  1 |
 * </pre>
 *
 * <p>The gradient with respect to the input is a convolution with the filter turned by 180 degrees.
 * A turned filter has the same points in another order ({@link #turned}), since they are the
 * inverses of each other and the rows are scaled so that reversing one gives another; so both
 * directions can share one transformed filter.
 */
final class Winograd {

  private static final double A = Math.sqrt(0.5);
  private static final double B = Math.sqrt(2);

  /** Bt, {@code [6, 6]}. */
  private static final double[][] INPUT4 = {
    {1, 0, -2.5, 0, 1, 0},
    {0, -B, -2, A, 1, 0},
    {0, B, -2, -A, 1, 0},
    {0, 1, A, -2, -B, 0},
    {0, 1, -A, -2, B, 0},
    {0, 1, 0, -2.5, 0, 1}
  };

  /** G, {@code [6, 3]}. */
  private static final double[][] FILTER4 = {
    {1, 0, 0},
    {-2.0 / 3, -2 * A / 3, -1.0 / 3},
    {-2.0 / 3, 2 * A / 3, -1.0 / 3},
    {-1.0 / 3, -2 * A / 3, -2.0 / 3},
    {-1.0 / 3, 2 * A / 3, -2.0 / 3},
    {0, 0, 1}
  };

  /** At, {@code [4, 6]}. */
  private static final double[][] OUTPUT4 = {
    {1, 1, 1, A / 2, -A / 2, 0},
    {0, A, -A, 0.5, 0.5, 0},
    {0, 0.5, 0.5, A, -A, 0},
    {0, A / 2, -A / 2, 1, 1, 1}
  };

  /** For each of the six values the inverse one. */
  private static final int[] INVERSE4 = {5, 3, 4, 1, 2, 0};

  private static final double[][] INPUT6 = {
    {1, 0, -5.25, 0, 5.25, 0, -1, 0},
    {0, 1, 1, -4.25, -4.25, 1, 1, 0},
    {0, -1, 1, 4.25, -4.25, -1, 1, 0},
    {0, 0.5, 0.25, -2.5, -1.25, 2, 1, 0},
    {0, -0.5, 0.25, 2.5, -1.25, -2, 1, 0},
    {0, 1, 2, -1.25, -2.5, 0.25, 0.5, 0},
    {0, -1, 2, 1.25, -2.5, -0.25, 0.5, 0},
    {0, -1, 0, 5.25, 0, -5.25, 0, 1}
  };

  private static final double[][] FILTER6 = {
    {1, 0, 0},
    {-2.0 / 9, -2.0 / 9, -2.0 / 9},
    {-2.0 / 9, 2.0 / 9, -2.0 / 9},
    {16.0 / 45, 32.0 / 45, 64.0 / 45},
    {16.0 / 45, -32.0 / 45, 64.0 / 45},
    {64.0 / 45, 32.0 / 45, 16.0 / 45},
    {64.0 / 45, -32.0 / 45, 16.0 / 45},
    {0, 0, 1}
  };

  private static final double[][] OUTPUT6 = {
    {1, 1, 1, 1.0 / 32, 1.0 / 32, 1, 1, 0},
    {0, 1, -1, 1.0 / 16, -1.0 / 16, 0.5, -0.5, 0},
    {0, 1, 1, 0.125, 0.125, 0.25, 0.25, 0},
    {0, 1, -1, 0.25, -0.25, 0.125, -0.125, 0},
    {0, 1, 1, 0.5, 0.5, 1.0 / 16, 1.0 / 16, 0},
    {0, 1, -1, 1, -1, 1.0 / 32, -1.0 / 32, 1}
  };

  private static final int[] INVERSE6 = {7, 1, 2, 5, 6, 3, 4, 0};

  /** F(4x4, 3x3). */
  static final Winograd F4 = new Winograd(new TileTransform4(), INPUT4, FILTER4, OUTPUT4, INVERSE4);

  /** F(6x6, 3x3). */
  static final Winograd F6 = new Winograd(new TileTransform6(), INPUT6, FILTER6, OUTPUT6, INVERSE6);

  private final TileTransform transform;
  private final double[][] input;
  private final double[][] filter;
  private final double[][] output;
  private final int[] inverse;

  private Winograd(
      TileTransform transform,
      double[][] input,
      double[][] filter,
      double[][] output,
      int[] inverse) {
    this.transform = transform;
    this.input = input;
    this.filter = filter;
    this.output = output;
    this.inverse = inverse;
  }

  /** Returns the pixels of an output tile's side. */
  int out() {
    return output.length;
  }

  /** Returns the pixels of an input tile's side. */
  int in() {
    return input.length;
  }

  /**
   * Returns the number of points at which tiles and filters are multiplied; point {@code (i, j)} is
   * {@code in * i + j}.
   */
  int points() {
    return in() * in();
  }

  /** Returns the transforms of tiles, in vectors. */
  TileTransform transform() {
    return transform;
  }

  /** Returns the point of a filter that is {@code point} of the filter turned by 180 degrees. */
  int turned(int point) {
    return inverse[point / in()] * in() + inverse[point % in()];
  }

  /** Returns {@code Bt d B} of a tile {@code [in, in]}. */
  double[] transformInput(double[] tile) {
    return transform(input, tile, in());
  }

  /** Returns {@code G g Gt}, {@code [in, in]}, of a filter {@code [3, 3]}. */
  double[] transformFilter(double[] taps) {
    return transform(filter, taps, 3);
  }

  /**
   * Computes {@code G g Gt} of {@code lanes} filters at once.
   *
   * @param taps {@code [3, 3, lanes]}
   * @param half room for {@code [in, 3, lanes]}
   * @param points {@code [in, in, lanes]}, overwritten
   */
  void transformFilters(double[] taps, int lanes, double[] half, double[] points) {
    transform(filter, taps, 3, lanes, half, points);
  }

  /** Returns {@code At m A}, {@code [out, out]}, of the products {@code [in, in]}. */
  double[] transformOutput(double[] products) {
    return transform(output, products, in());
  }

  private static double[] transform(double[][] matrix, double[] x, int side) {
    double[] result = new double[matrix.length * matrix.length];
    transform(matrix, x, side, 1, new double[matrix.length * side], result);
    return result;
  }

  /** Computes {@code matrix x transposed(matrix)} in each lane, x being {@code [side, side]}. */
  private static void transform(
      double[][] matrix, double[] x, int side, int lanes, double[] half, double[] result) {
    int rows = matrix.length;
    Arrays.fill(half, 0);
    Arrays.fill(result, 0);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < side; j++) {
        for (int k = 0; k < side; k++) {
          addScaled(half, i * side + j, matrix[i][k], x, k * side + j, lanes);
        }
      }
      for (int j = 0; j < rows; j++) {
        for (int k = 0; k < side; k++) {
          addScaled(result, i * rows + j, matrix[j][k], half, i * side + k, lanes);
        }
      }
    }
  }

  /** Adds {@code factor} times the lanes of one entry to those of another. */
  private static void addScaled(
      double[] to, int entry, double factor, double[] from, int fromEntry, int lanes) {
    int at = entry * lanes;
    int fromAt = fromEntry * lanes;
    for (int lane = 0; lane < lanes; lane++) {
      to[at + lane] += factor * from[fromAt + lane];
    }
  }
}
