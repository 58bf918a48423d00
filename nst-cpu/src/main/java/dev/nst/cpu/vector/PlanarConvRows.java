package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * The 3x3 neighbourhoods of a planar picture as rows, one a pixel: channel by channel the nine taps
 * in row-major order. Taps beyond the edge are zero, or the nearest pixel. At most 36 columns,
 * hence one slice.
 */
final class PlanarConvRows implements RowSource {

  private final float[] x;
  private final Shape shape;
  private final int base;
  private final boolean replicate;

  /**
   * The neighbourhoods of picture {@code n}.
   *
   * @param replicate whether the nearest pixel stands for one beyond the edge
   */
  PlanarConvRows(float[] x, Shape shape, int n, boolean replicate) {
    this.x = x;
    this.shape = shape;
    this.replicate = replicate;
    this.base = Layout.OFFSET + n * Layout.pictureSize(shape);
  }

  @Override
  public void write(float[] a, int first, int count, int slice) {
    int width = shape.w();
    for (int p = first; p < first + count; p++) {
      int i = p / width;
      int j = p - i * width;
      int to = Layout.OFFSET + (p - first) * MicroKernel.A_STRIDE;
      boolean inside = i > 0 && i + 1 < shape.h() && j > 0 && j + 1 < width;
      for (int c = 0; c < shape.c(); c++) {
        int centre = base + c * shape.area() + p;
        if (inside) {
          copyThree(a, to + c * 9, centre - width);
          copyThree(a, to + c * 9 + 3, centre);
          copyThree(a, to + c * 9 + 6, centre + width);
        } else {
          int channel = base + c * shape.area();
          if (replicate) {
            writeReplicated(a, to + c * 9, i, j, channel);
          } else {
            writeAtEdge(a, to + c * 9, i, j, channel);
          }
        }
      }
    }
  }

  private void copyThree(float[] a, int to, int middle) {
    a[to] = x[middle - 1];
    a[to + 1] = x[middle];
    a[to + 2] = x[middle + 1];
  }

  private void writeAtEdge(float[] a, int to, int i, int j, int channel) {
    for (int u = -1; u <= 1; u++) {
      for (int v = -1; v <= 1; v++) {
        boolean exists = i + u >= 0 && i + u < shape.h() && j + v >= 0 && j + v < shape.w();
        a[to + (u + 1) * 3 + v + 1] = exists ? x[channel + (i + u) * shape.w() + j + v] : 0;
      }
    }
  }

  private void writeReplicated(float[] a, int to, int i, int j, int channel) {
    for (int u = -1; u <= 1; u++) {
      int row = Math.min(Math.max(i + u, 0), shape.h() - 1);
      for (int v = -1; v <= 1; v++) {
        int column = Math.min(Math.max(j + v, 0), shape.w() - 1);
        a[to + (u + 1) * 3 + v + 1] = x[channel + row * shape.w() + column];
      }
    }
  }
}
