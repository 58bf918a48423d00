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
    if (from == 0) {
      Arrays.fill(a, to, to + lanes, 0);
    }
    if (end == shape.w()) {
      int at = to + (end - 1 - from) * MicroKernel.A_STRIDE + 2 * lanes;
      Arrays.fill(a, at, at + lanes, 0);
    }
    if (lanes < Layout.BLOCK) {
      writePartialTaps(a, to, source, from, end, lanes);
    } else if (mask == null) {
      writeWholeTaps(a, to, source, from, end);
    } else {
      writeMaskedTaps(a, to, source, from, end);
    }
  }

  /**
   * Each source pixel goes to its right neighbour's left tap, its own middle and its left
   * neighbour's right.
   */
  private void writeWholeTaps(float[] a, int to, int source, int from, int end) {
    int last = Math.min(end, shape.w() - 1);
    for (int j = Math.max(from - 1, 0); j <= last; j++) {
      int at = to + (j - from) * MicroKernel.A_STRIDE;
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, source + j * Layout.BLOCK + lane);
        if (j + 1 < end) {
          v.intoArray(a, at + MicroKernel.A_STRIDE + lane);
        }
        if (j >= from && j < end) {
          v.intoArray(a, at + Layout.BLOCK + lane);
        }
        if (j > from) {
          v.intoArray(a, at - MicroKernel.A_STRIDE + 2 * Layout.BLOCK + lane);
        }
      }
    }
  }

  private void writeMaskedTaps(float[] a, int to, int source, int from, int end) {
    int last = Math.min(end, shape.w() - 1);
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int j = Math.max(from - 1, 0); j <= last; j++) {
      int at = to + (j - from) * MicroKernel.A_STRIDE;
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int index = source + j * Layout.BLOCK + lane;
        FloatVector m = FloatVector.fromArray(FLOATS, mask, index);
        FloatVector v =
            zero.blend(
                FloatVector.fromArray(FLOATS, x, index), m.compare(VectorOperators.GT, zero));
        if (j + 1 < end) {
          v.intoArray(a, at + MicroKernel.A_STRIDE + lane);
        }
        if (j >= from && j < end) {
          v.intoArray(a, at + Layout.BLOCK + lane);
        }
        if (j > from) {
          v.intoArray(a, at - MicroKernel.A_STRIDE + 2 * Layout.BLOCK + lane);
        }
      }
    }
  }

  /** The same for a block with idle lanes, which are left out. */
  private void writePartialTaps(float[] a, int to, int source, int from, int end, int lanes) {
    for (int j = from; j < end; j++) {
      int at = to + (j - from) * MicroKernel.A_STRIDE;
      for (int v = 0; v < 3; v++) {
        int pixel = j + v - 1;
        if (pixel < 0 || pixel >= shape.w()) {
          continue;
        }
        for (int lane = 0; lane < lanes; lane++) {
          int index = source + pixel * Layout.BLOCK + lane;
          a[at + v * lanes + lane] = mask == null || mask[index] > 0 ? x[index] : 0;
        }
      }
    }
  }
}
