package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.tensor.Shape;
import jdk.incubator.vector.FloatVector;

/** The pixels of a feature map as rows: column c is channel c. */
final class PixelRows implements RowSource {

  /** Columns of a slice. */
  static final int SLICE_DEPTH = MicroKernel.MAX_DEPTH / Layout.BLOCK * Layout.BLOCK;

  private final float[] x;
  private final Shape shape;
  private final int base;

  /** The pixels of picture {@code n}. */
  PixelRows(float[] x, Shape shape, int n) {
    this.x = x;
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
    for (int p = 0; p < count; p++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        FloatVector.fromArray(FLOATS, x, from + p * Layout.BLOCK + lane)
            .intoArray(a, to + p * MicroKernel.A_STRIDE + lane);
      }
    }
  }

  private void writeChannel(float[] a, int to, int first, int count, int channel) {
    int stride = Layout.pixelStride(shape);
    int from = base + channel / stride * Layout.planeSize(shape) + channel % stride;
    for (int p = 0; p < count; p++) {
      a[to + p * MicroKernel.A_STRIDE] = x[from + (first + p) * stride];
    }
  }
}
