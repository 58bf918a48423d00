package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.tensor.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The pixels of a feature map as rows: column c is channel c. */
final class PixelRows implements RowSource {

  /** Columns of a slice. */
  static final int SLICE_DEPTH = MicroKernel.MAX_DEPTH / Layout.BLOCK * Layout.BLOCK;

  private final float[] x;
  private final float[] mask;
  private final Shape shape;
  private final int base;

  /**
   * The pixels of picture {@code n}.
   *
   * @param mask features of the same shape: where they are not above 0, x counts as 0; or null
   */
  PixelRows(float[] x, float[] mask, Shape shape, int n) {
    this.x = x;
    this.mask = mask;
    this.shape = shape;
    this.base = Layout.OFFSET + n * Layout.pictureSize(shape);
  }

  @Override
  public void write(float[] a, int first, int count, int slice) {
    int firstChannel = slice * SLICE_DEPTH;
    int endChannel = Math.min(shape.c(), firstChannel + SLICE_DEPTH);
    for (int c = firstChannel; c < endChannel; ) {
      int to = Layout.OFFSET + c - firstChannel;
      if (Layout.isBlocked(shape) && c + Layout.BLOCK <= shape.c()) {
        int from = base + c / Layout.BLOCK * Layout.planeSize(shape) + first * Layout.BLOCK;
        writeBlock(a, to, from, count);
        c += Layout.BLOCK;
      } else {
        writeChannel(a, to, first, count, c);
        c++;
      }
    }
  }

  private void writeBlock(float[] a, int to, int from, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int p = 0; p < count; p++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int index = from + p * Layout.BLOCK + lane;
        FloatVector v = FloatVector.fromArray(FLOATS, x, index);
        if (mask != null) {
          FloatVector m = FloatVector.fromArray(FLOATS, mask, index);
          v = zero.blend(v, m.compare(VectorOperators.GT, zero));
        }
        v.intoArray(a, to + p * MicroKernel.A_STRIDE + lane);
      }
    }
  }

  private void writeChannel(float[] a, int to, int first, int count, int channel) {
    int stride = Layout.pixelStride(shape);
    int from = base + channel / stride * Layout.planeSize(shape) + channel % stride;
    for (int p = 0; p < count; p++) {
      int index = from + (first + p) * stride;
      a[to + p * MicroKernel.A_STRIDE] = mask == null || mask[index] > 0 ? x[index] : 0;
    }
  }
}
