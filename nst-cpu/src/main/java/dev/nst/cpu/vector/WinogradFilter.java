package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;

/**
 * The weights of a 3x3 convolution between feature maps, transformed by {@link Winograd}: for each
 * direction four times the numbers of the weights themselves in F(4x4, 3x3).
 */
final class WinogradFilter implements VectorFilter {

  private final Winograd winograd;
  private final int outChannels;
  private final int inChannels;
  private PointMatrices forward;
  private PointMatrices backward;
  private float[] bias;

  private WinogradFilter(
      Winograd winograd, int outChannels, int inChannels, PointMatrices forward, float[] bias) {
    this.winograd = winograd;
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    this.forward = forward;
    this.bias = bias;
  }

  static WinogradFilter transform(
      Winograd winograd,
      WorkerPool pool,
      float[] weights,
      float[] bias,
      int outChannels,
      int inChannels) {
    PointMatrices forward = new PointMatrices(winograd.points(), inChannels, outChannels);
    pool.parallelFor(
        forward.panels(), (panel, worker) -> transformPanel(winograd, weights, forward, panel));
    float[] padded = HeapMemory.floats(biasLength(outChannels));
    System.arraycopy(bias, 0, padded, Layout.OFFSET, outChannels);
    return new WinogradFilter(winograd, outChannels, inChannels, forward, padded);
  }

  /** Transforms the filters of a panel's output channels, which are its columns, side by side. */
  private static void transformPanel(
      Winograd winograd, float[] weights, PointMatrices to, int panel) {
    int lanes = MicroKernel.COLUMNS;
    int first = panel * lanes;
    int real = Math.min(lanes, to.columns() - first);
    double[] taps = new double[9 * lanes];
    double[] half = new double[winograd.in() * 3 * lanes];
    double[] points = new double[winograd.points() * lanes];
    for (int channel = 0; channel < to.depth(); channel++) {
      for (int lane = 0; lane < real; lane++) {
        int filter = ((first + lane) * to.depth() + channel) * 9;
        for (int tap = 0; tap < 9; tap++) {
          taps[tap * lanes + lane] = weights[filter + tap];
        }
      }
      winograd.transformFilters(taps, lanes, half, points);
      for (int point = 0; point < winograd.points(); point++) {
        narrow(points, point * lanes, to.data(), to.index(point, channel, first), real);
      }
    }
  }

  private static void narrow(double[] from, int fromAt, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = (float) from[fromAt + i];
    }
  }

  /** Returns the bytes of the weights for both directions and the bias. */
  static long bytes(Winograd winograd, int outChannels, int inChannels) {
    return Float.BYTES
        * (PointMatrices.length(winograd.points(), inChannels, outChannels)
            + PointMatrices.length(winograd.points(), outChannels, inChannels)
            + biasLength(outChannels));
  }

  private static long biasLength(int outChannels) {
    return Layout.OFFSET + (long) Layout.blocks(outChannels) * Layout.BLOCK;
  }

  @Override
  public int outChannels() {
    return outChannels;
  }

  @Override
  public int inChannels() {
    return inChannels;
  }

  @Override
  public long bytes() {
    return bytes(winograd, outChannels, inChannels);
  }

  Winograd winograd() {
    return winograd;
  }

  /** Returns the bias, from {@link Layout#OFFSET}, padded to whole blocks. */
  float[] bias() {
    return bias;
  }

  /** Returns {@code [C, K]} at each point. */
  PointMatrices forward() {
    if (forward == null) {
      throw new IllegalStateException("a convolution filter was used after its close");
    }
    return forward;
  }

  /** Returns {@code [K, C]} at each point of the filter turned by 180 degrees. */
  PointMatrices backward(WorkerPool pool) {
    if (backward == null) {
      PointMatrices from = forward();
      PointMatrices to = new PointMatrices(winograd.points(), outChannels, inChannels);
      pool.parallelFor(
          winograd.points(),
          (point, worker) -> transposePoint(from, winograd.turned(point), to, point));
      backward = to;
    }
    return backward;
  }

  /** Transposes one point's matrix, a square of columns and rows after the other, by panels. */
  private static void transposePoint(
      PointMatrices from, int fromPoint, PointMatrices to, int point) {
    int side = MicroKernel.COLUMNS;
    for (int row = 0; row < to.depth(); row += side) {
      int rows = Math.min(side, to.depth() - row);
      for (int column = 0; column < to.columns(); column += side) {
        int columns = Math.min(side, to.columns() - column);
        // A slice holds whole squares, and in a panel a row follows the one above.
        int source = from.index(fromPoint, column, row);
        int target = to.index(point, row, column);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            to.data()[target + i * side + j] = from.data()[source + j * side + i];
          }
        }
      }
    }
  }

  @Override
  public void close() {
    forward = null;
    backward = null;
    bias = null;
  }
}
