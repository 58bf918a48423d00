package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The 3x3 neighbourhoods of a blocked feature map as rows, one a pixel: block by block the nine
 * taps in row-major order, each with the block's channels ({@link #column}). Taps beyond the
 * picture's edge are zero.
 */
final class ConvRows implements RowSource {

  /** Blocks of channels in a slice. */
  private static final int SLICE_BLOCKS = MicroKernel.MAX_DEPTH / (9 * Layout.BLOCK);

  /** Columns of a slice. */
  static final int SLICE_DEPTH = SLICE_BLOCKS * 9 * Layout.BLOCK;

  private final float[] x;
  private final float[] mask;
  private final Shape shape;
  private final int base;

  /**
   * The neighbourhoods of picture {@code n}.
   *
   * @param x blocked features
   * @param mask features of the same shape: where they are not above 0, x counts as 0; or null
   */
  ConvRows(float[] x, float[] mask, Shape shape, int n) {
    this.x = x;
    this.mask = mask;
    this.shape = shape;
    this.base = Layout.OFFSET + n * Layout.pictureSize(shape);
  }

  /** Returns the column of a channel's tap. */
  static int column(int channels, int channel, int tap) {
    int block = channel / Layout.BLOCK;
    return (block * Layout.BLOCK * 9)
        + tap * Layout.lanes(channels, block)
        + channel % Layout.BLOCK;
  }

  /** Returns the channel of a column; its tap is {@link #tap}. */
  static int channel(int channels, int column) {
    int block = column / (Layout.BLOCK * 9);
    return block * Layout.BLOCK + column % (Layout.BLOCK * 9) % Layout.lanes(channels, block);
  }

  /** Returns the tap of a column, 0 to 8. */
  static int tap(int channels, int column) {
    int block = column / (Layout.BLOCK * 9);
    return column % (Layout.BLOCK * 9) / Layout.lanes(channels, block);
  }

  @Override
  public void write(float[] a, int first, int count, int slice) {
    int firstBlock = slice * SLICE_BLOCKS;
    int endBlock = Math.min(firstBlock + SLICE_BLOCKS, Layout.blocks(shape.c()));
    int width = shape.w();
    for (int block = firstBlock; block < endBlock; block++) {
      int lanes = Layout.lanes(shape.c(), block);
      int to = Layout.OFFSET + (block - firstBlock) * 9 * Layout.BLOCK;
      // One stretch of pixels within a picture row after the other.
      for (int p = first; p < first + count; ) {
        int row = p / width;
        int from = p - row * width;
        int end = Math.min(width, from + first + count - p);
        for (int u = 0; u < 3; u++) {
          writeTaps(a, to + u * 3 * lanes, row + u - 1, from, end, block, lanes);
        }
        to += (end - from) * MicroKernel.A_STRIDE;
        p += end - from;
      }
    }
  }

  /**
   * Writes three horizontally neighbouring taps of the pixels {@code [from, end)} of one picture
   * row.
   */
  private void writeTaps(float[] a, int to, int row, int from, int end, int block, int lanes) {
    if (row < 0 || row >= shape.h()) {
      for (int p = 0; p < end - from; p++) {
        int at = to + p * MicroKernel.A_STRIDE;
        Arrays.fill(a, at, at + 3 * lanes, 0);
      }
      return;
    }
    int source = base + block * Layout.planeSize(shape) + row * shape.w() * Layout.BLOCK;
    for (int v = 0; v < 3; v++) {
      int tap = to + v * lanes;
      // Pixel j reads pixel j + v - 1.
      int first = Math.max(from, 1 - v);
      int last = Math.min(end, shape.w() + 1 - v);
      if (from < first) {
        Arrays.fill(a, tap, tap + lanes, 0);
      }
      if (last < end) {
        int at = tap + (last - from) * MicroKernel.A_STRIDE;
        Arrays.fill(a, at, at + lanes, 0);
      }
      int at = tap + (first - from) * MicroKernel.A_STRIDE;
      int pixel = source + (first + v - 1) * Layout.BLOCK;
      if (lanes < Layout.BLOCK) {
        copyLanes(a, at, pixel, last - first, lanes);
      } else if (mask == null) {
        copyBlocks(a, at, x, pixel, last - first);
      } else {
        copyMaskedBlocks(a, at, x, mask, pixel, last - first);
      }
    }
  }

  private static void copyBlocks(float[] a, int to, float[] x, int from, int count) {
    for (int p = 0; p < count; p++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        FloatVector.fromArray(FLOATS, x, from + p * Layout.BLOCK + lane)
            .intoArray(a, to + p * MicroKernel.A_STRIDE + lane);
      }
    }
  }

  private static void copyMaskedBlocks(
      float[] a, int to, float[] x, float[] mask, int from, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int p = 0; p < count; p++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int index = from + p * Layout.BLOCK + lane;
        FloatVector m = FloatVector.fromArray(FLOATS, mask, index);
        zero.blend(FloatVector.fromArray(FLOATS, x, index), m.compare(VectorOperators.GT, zero))
            .intoArray(a, to + p * MicroKernel.A_STRIDE + lane);
      }
    }
  }

  /** The same for a block with idle lanes, which are left out. */
  private void copyLanes(float[] a, int to, int from, int count, int lanes) {
    for (int p = 0; p < count; p++) {
      for (int lane = 0; lane < lanes; lane++) {
        int index = from + p * Layout.BLOCK + lane;
        a[to + p * MicroKernel.A_STRIDE + lane] = mask == null || mask[index] > 0 ? x[index] : 0;
      }
    }
  }
}
