package dev.nst.cpu.vector;

/**
 * Minimal filtering F(4x4, 3x3) of Winograd, as Lavin and Gray (2016, "Fast Algorithms for
 * Convolutional Neural Networks") use it for convolutions: an output tile of 4x4 pixels comes from
 * an input tile d of 6x6 pixels and a filter g of 3x3 taps by {@code Y = At [(G g Gt) . (Bt d B)]
 * A}, where {@code .} multiplies the 36 points one by one. That takes 36 multiplications a channel
 * pair where the direct method takes 144.
 *
 * <p>The polynomials are evaluated at 0, a, -a, b, -b and infinity with {@code a = sqrt(1/2)} and
 * {@code b = sqrt(2)}:
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
 * <p>The gradient with respect to the input is a convolution with the filter turned by 180 degrees.
 * A turned filter has the same points in another order ({@link #turned}), since the six are the
 * inverses of each other and the rows are scaled so that reversing one gives another; so both
 * directions can share one transformed filter.
 */
final class Winograd {

  private static final double A = Math.sqrt(0.5);
  private static final double B = Math.sqrt(2);

  /** Bt, {@code [6, 6]}. */
  private static final double[][] INPUT = {
    {1, 0, -2.5, 0, 1, 0},
    {0, -B, -2, A, 1, 0},
    {0, B, -2, -A, 1, 0},
    {0, 1, A, -2, -B, 0},
    {0, 1, -A, -2, B, 0},
    {0, 1, 0, -2.5, 0, 1}
  };

  /** G, {@code [6, 3]}. */
  private static final double[][] FILTER = {
    {1, 0, 0},
    {-2.0 / 3, -2 * A / 3, -1.0 / 3},
    {-2.0 / 3, 2 * A / 3, -1.0 / 3},
    {-1.0 / 3, -2 * A / 3, -2.0 / 3},
    {-1.0 / 3, 2 * A / 3, -2.0 / 3},
    {0, 0, 1}
  };

  /** At, {@code [4, 6]}. */
  private static final double[][] OUTPUT = {
    {1, 1, 1, A / 2, -A / 2, 0},
    {0, A, -A, 0.5, 0.5, 0},
    {0, 0.5, 0.5, A, -A, 0},
    {0, A / 2, -A / 2, 1, 1, 1}
  };

  /** For each of the six values the inverse one. */
  private static final int[] INVERSE = {5, 3, 4, 1, 2, 0};

  /** F(4x4, 3x3). */
  static final Winograd F4 = new Winograd(new TileTransform4(), INPUT, FILTER, OUTPUT, INVERSE);

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

  /** Returns {@code At m A}, {@code [out, out]}, of the products {@code [in, in]}. */
  double[] transformOutput(double[] products) {
    return transform(output, products, in());
  }

  /** Returns {@code matrix x transposed(matrix)}, x being {@code [side, side]}. */
  private static double[] transform(double[][] matrix, double[] x, int side) {
    int rows = matrix.length;
    double[] half = new double[rows * side];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < side; j++) {
        double sum = 0;
        for (int k = 0; k < side; k++) {
          sum += matrix[i][k] * x[k * side + j];
        }
        half[i * side + j] = sum;
      }
    }
    double[] result = new double[rows * rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        double sum = 0;
        for (int k = 0; k < side; k++) {
          sum += half[i * side + k] * matrix[j][k];
        }
        result[i * rows + j] = sum;
      }
    }
    return result;
  }
}
