package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * Maps with and without one more pixel on every side, a row at a time. Shapes are those of the
 * smaller map.
 */
final class Edges {

  /** A row of the larger map. */
  private interface Row {
    /**
     * Works on a row.
     *
     * @param inner index of the nearest row of the smaller map
     * @param outer index of the row
     * @param inside whether the row has a place of its own in the smaller map
     */
    void run(int inner, int outer, boolean inside);
  }

  private final WorkerPool pool;

  Edges(WorkerPool pool) {
    this.pool = pool;
  }

  private static int width(Shape s) {
    return s.w() * Layout.pixelStride(s);
  }

  private static int rowAt(Shape s, int plane, int i) {
    return Layout.OFFSET + (plane * s.h() + i) * width(s);
  }

  private static int outerRowAt(Shape s, int plane, int i) {
    int width = width(s) + 2 * Layout.pixelStride(s);
    return Layout.OFFSET + (plane * (s.h() + 2) + i) * width;
  }

  private void forEachOuterRow(Shape s, Row row) {
    pool.parallelFor(
        s.n() * Layout.planes(s),
        (plane, worker) -> {
          for (int i = 0; i < s.h() + 2; i++) {
            int nearest = Math.min(Math.max(i - 1, 0), s.h() - 1);
            row.run(rowAt(s, plane, nearest), outerRowAt(s, plane, i), nearest == i - 1);
          }
        });
  }

  void replicate(float[] y, float[] x, Shape s) {
    int stride = Layout.pixelStride(s);
    int width = width(s);
    forEachOuterRow(
        s,
        (inner, outer, inside) -> {
          System.arraycopy(x, inner, y, outer, stride);
          System.arraycopy(x, inner, y, outer + stride, width);
          System.arraycopy(x, inner + width - stride, y, outer + stride + width, stride);
        });
  }

  void replicateBackward(float[] dx, float[] dy, Shape s) {
    int stride = Layout.pixelStride(s);
    int width = width(s);
    pool.parallelFor(
        s.n() * Layout.planes(s),
        (plane, worker) -> {
          for (int i = 0; i < s.h(); i++) {
            int to = rowAt(s, plane, i);
            Arrays.fill(dx, to, to + width, 0);
            int first = i == 0 ? 0 : i + 1;
            int last = i + 1 == s.h() ? i + 2 : i + 1;
            for (int k = first; k <= last; k++) {
              int from = outerRowAt(s, plane, k);
              add(dx, to, dy, from, stride);
              add(dx, to, dy, from + stride, width);
              add(dx, to + width - stride, dy, from + stride + width, stride);
            }
          }
        });
  }

  private static void add(float[] sum, int to, float[] terms, int from, int count) {
    for (int k = 0; k < count; k++) {
      sum[to + k] += terms[from + k];
    }
  }

  void crop(float[] y, float[] x, Shape s) {
    int stride = Layout.pixelStride(s);
    forEachOuterRow(
        s,
        (inner, outer, inside) -> {
          if (inside) {
            System.arraycopy(x, outer + stride, y, inner, width(s));
          }
        });
  }

  void cropBackward(float[] dx, float[] dy, Shape s) {
    int stride = Layout.pixelStride(s);
    int width = width(s);
    forEachOuterRow(
        s,
        (inner, outer, inside) -> {
          Arrays.fill(dx, outer, outer + width + 2 * stride, 0);
          if (inside) {
            System.arraycopy(dy, inner, dx, outer + stride, width);
          }
        });
  }
}
