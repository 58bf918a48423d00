package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** 2x2 pooling of stride 2 and its gradients, a row of windows at a time. */
final class Pooling {

  /** Rows of windows in a task. */
  private static final int TASK_ROWS = 8;

  /** A row of windows. */
  @FunctionalInterface
  private interface RowKernel {
    /**
     * Pools one row.
     *
     * @param y index of the row in the pooled tensor
     * @param x index of the row's first window in the larger tensor
     * @param down numbers from there to the window's second row
     */
    void run(int y, int x, int down);
  }

  private final WorkerPool pool;

  Pooling(WorkerPool pool) {
    this.pool = pool;
  }

  void max(float[] y, float[] x, Shape xs, float scale) {
    int windows = xs.w() / 2;
    if (Layout.isBlocked(xs)) {
      forEachRow(xs, (to, from, down) -> maxBlocks(y, to, x, from, down, windows, scale));
    } else {
      forEachRow(
          xs,
          (to, from, down) -> {
            for (int j = 0; j < windows; j++) {
              y[to + j] = scale * x[argMax(x, from + 2 * j, down)];
            }
          });
    }
  }

  void maxBackward(float[] dx, float[] dy, float[] x, Shape xs, float scale) {
    int windows = xs.w() / 2;
    if (Layout.isBlocked(xs)) {
      forEachRow(
          xs,
          (from, to, down) -> {
            maxBackwardBlocks(dx, x, to, down, dy, from, windows, scale);
            clearRemainder(dx, to, down, xs);
          });
    } else {
      forEachRow(
          xs,
          (from, to, down) -> {
            Arrays.fill(dx, to, to + 2 * down, 0);
            for (int j = 0; j < windows; j++) {
              dx[argMax(x, to + 2 * j, down)] = scale * dy[from + j];
            }
          });
    }
    clearLastRows(dx, xs);
  }

  void average(float[] y, float[] x, Shape xs, float scale) {
    int stride = Layout.pixelStride(xs);
    float share = scale * 0.25f;
    if (Layout.isBlocked(xs)) {
      forEachRow(xs, (to, from, down) -> averageBlocks(y, to, x, from, down, xs.w() / 2, share));
    } else {
      forEachRow(
          xs,
          (to, from, down) -> {
            for (int j = 0; j < xs.w() / 2; j++) {
              int at = from + 2 * j * stride;
              y[to + j] = share * ((x[at] + x[at + 1]) + (x[at + down] + x[at + down + 1]));
            }
          });
    }
  }

  void averageBackward(float[] dx, float[] dy, Shape xs, float scale) {
    int stride = Layout.pixelStride(xs);
    float share = scale * 0.25f;
    forEachRow(
        xs,
        (from, to, down) -> {
          for (int j = 0; j < xs.w() / 2; j++) {
            for (int lane = 0; lane < stride; lane++) {
              float value = share * dy[from + j * stride + lane];
              int at = to + 2 * j * stride + lane;
              dx[at] = value;
              dx[at + stride] = value;
              dx[at + down] = value;
              dx[at + down + stride] = value;
            }
          }
          clearRemainder(dx, to, down, xs);
        });
    clearLastRows(dx, xs);
  }

  void l2(float[] y, float[] x, Shape xs, float scale) {
    int windows = xs.w() / 2;
    if (Layout.isBlocked(xs)) {
      forEachRow(xs, (to, from, down) -> l2Blocks(y, to, x, from, down, windows, scale));
    } else {
      forEachRow(
          xs,
          (to, from, down) -> {
            for (int j = 0; j < windows; j++) {
              y[to + j] = (float) (scale * norm(x, from + 2 * j, down));
            }
          });
    }
  }

  void l2Backward(float[] dx, float[] dy, float[] x, Shape xs, float scale) {
    int windows = xs.w() / 2;
    forEachRow(
        xs,
        (from, to, down) -> {
          if (Layout.isBlocked(xs)) {
            l2BackwardBlocks(dx, x, to, down, dy, from, windows, scale);
          } else {
            l2BackwardRow(dx, x, to, down, dy, from, windows, scale);
          }
          clearRemainder(dx, to, down, xs);
        });
    clearLastRows(dx, xs);
  }

  private static double norm(float[] x, int at, int down) {
    double a = x[at];
    double b = x[at + 1];
    double c = x[at + down];
    double d = x[at + down + 1];
    return Math.sqrt(a * a + b * b + c * c + d * d);
  }

  private static void l2BackwardRow(
      float[] dx, float[] x, int to, int down, float[] dy, int from, int windows, float scale) {
    for (int j = 0; j < windows; j++) {
      int at = to + 2 * j;
      double norm = norm(x, at, down);
      double share = norm == 0 ? 0 : scale * dy[from + j] / norm;
      dx[at] = (float) (share * x[at]);
      dx[at + 1] = (float) (share * x[at + 1]);
      dx[at + down] = (float) (share * x[at + down]);
      dx[at + down + 1] = (float) (share * x[at + down + 1]);
    }
  }

  private static FloatVector squares(float[] x, int at, int down) {
    FloatVector x0 = FloatVector.fromArray(FLOATS, x, at);
    FloatVector x1 = FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK);
    FloatVector x2 = FloatVector.fromArray(FLOATS, x, at + down);
    FloatVector x3 = FloatVector.fromArray(FLOATS, x, at + down + Layout.BLOCK);
    return x0.fma(x0, x1.mul(x1)).add(x2.fma(x2, x3.mul(x3)));
  }

  private static void l2Blocks(
      float[] y, int to, float[] x, int from, int down, int windows, float scale) {
    for (int j = 0; j < windows; j++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int at = from + 2 * j * Layout.BLOCK + lane;
        squares(x, at, down).sqrt().mul(scale).intoArray(y, to + j * Layout.BLOCK + lane);
      }
    }
  }

  private static void l2BackwardBlocks(
      float[] dx, float[] x, int to, int down, float[] dy, int from, int windows, float scale) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int j = 0; j < windows; j++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int at = to + 2 * j * Layout.BLOCK + lane;
        FloatVector norm = squares(x, at, down).sqrt();
        FloatVector share =
            FloatVector.fromArray(FLOATS, dy, from + j * Layout.BLOCK + lane)
                .mul(scale)
                .div(norm)
                .blend(zero, norm.compare(VectorOperators.EQ, zero));
        for (int k : new int[] {at, at + Layout.BLOCK, at + down, at + down + Layout.BLOCK}) {
          FloatVector.fromArray(FLOATS, x, k).mul(share).intoArray(dx, k);
        }
      }
    }
  }

  private static void maxBlocks(
      float[] y, int to, float[] x, int from, int down, int windows, float scale) {
    for (int j = 0; j < windows; j++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int at = from + 2 * j * Layout.BLOCK + lane;
        FloatVector top =
            FloatVector.fromArray(FLOATS, x, at)
                .max(FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK));
        FloatVector bottom =
            FloatVector.fromArray(FLOATS, x, at + down)
                .max(FloatVector.fromArray(FLOATS, x, at + down + Layout.BLOCK));
        top.max(bottom).mul(scale).intoArray(y, to + j * Layout.BLOCK + lane);
      }
    }
  }

  private static void maxBackwardBlocks(
      float[] dx, float[] x, int to, int down, float[] dy, int from, int windows, float scale) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int j = 0; j < windows; j++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int at = to + 2 * j * Layout.BLOCK + lane;
        FloatVector g =
            FloatVector.fromArray(FLOATS, dy, from + j * Layout.BLOCK + lane).mul(scale);
        FloatVector x0 = FloatVector.fromArray(FLOATS, x, at);
        FloatVector x1 = FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK);
        FloatVector x2 = FloatVector.fromArray(FLOATS, x, at + down);
        FloatVector x3 = FloatVector.fromArray(FLOATS, x, at + down + Layout.BLOCK);
        VectorMask<Float> beats0 = beats(x1, x0);
        FloatVector best = x0.blend(x1, beats0);
        VectorMask<Float> beats1 = beats(x2, best);
        best = best.blend(x2, beats1);
        VectorMask<Float> beats2 = beats(x3, best);
        VectorMask<Float> notLast = beats2.not();
        VectorMask<Float> notLower = notLast.andNot(beats1);
        zero.blend(g, notLower.andNot(beats0)).intoArray(dx, at);
        zero.blend(g, notLower.and(beats0)).intoArray(dx, at + Layout.BLOCK);
        zero.blend(g, notLast.and(beats1)).intoArray(dx, at + down);
        zero.blend(g, beats2).intoArray(dx, at + down + Layout.BLOCK);
      }
    }
  }

  /** Where a later value takes the place of the best so far. A NaN does, so that it is seen. */
  private static VectorMask<Float> beats(FloatVector later, FloatVector best) {
    return later.compare(VectorOperators.GT, best).or(later.compare(VectorOperators.NE, later));
  }

  private static int argMax(float[] x, int at, int down) {
    int best = at;
    best = beats(x[at + 1], x[best]) ? at + 1 : best;
    best = beats(x[at + down], x[best]) ? at + down : best;
    return beats(x[at + down + 1], x[best]) ? at + down + 1 : best;
  }

  private static boolean beats(float later, float best) {
    return later > best || Float.isNaN(later);
  }

  private static void averageBlocks(
      float[] y, int to, float[] x, int from, int down, int windows, float share) {
    for (int j = 0; j < windows; j++) {
      for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
        int at = from + 2 * j * Layout.BLOCK + lane;
        FloatVector top =
            FloatVector.fromArray(FLOATS, x, at)
                .add(FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK));
        FloatVector bottom =
            FloatVector.fromArray(FLOATS, x, at + down)
                .add(FloatVector.fromArray(FLOATS, x, at + down + Layout.BLOCK));
        top.add(bottom).mul(share).intoArray(y, to + j * Layout.BLOCK + lane);
      }
    }
  }

  /** Clears the odd last pixel of the two rows of a row of windows. */
  private static void clearRemainder(float[] dx, int to, int down, Shape xs) {
    if (xs.w() % 2 != 0) {
      int stride = Layout.pixelStride(xs);
      Arrays.fill(dx, to + down - stride, to + down, 0);
      Arrays.fill(dx, to + 2 * down - stride, to + 2 * down, 0);
    }
  }

  /** Clears the odd last row of every plane. */
  private static void clearLastRows(float[] dx, Shape xs) {
    if (xs.h() % 2 != 0) {
      int row = xs.w() * Layout.pixelStride(xs);
      int planes = xs.n() * Layout.planes(xs);
      for (int plane = 1; plane <= planes; plane++) {
        int end = Layout.OFFSET + plane * Layout.planeSize(xs);
        Arrays.fill(dx, end - row, end, 0);
      }
    }
  }

  private void forEachRow(Shape xs, RowKernel kernel) {
    int rows = xs.h() / 2;
    int stride = Layout.pixelStride(xs);
    int yRow = xs.w() / 2 * stride;
    int xRow = xs.w() * stride;
    int perPlane = (rows + TASK_ROWS - 1) / TASK_ROWS;
    pool.parallelFor(
        xs.n() * Layout.planes(xs) * perPlane,
        (task, worker) -> {
          int plane = task / perPlane;
          int first = task % perPlane * TASK_ROWS;
          int end = Math.min(rows, first + TASK_ROWS);
          int yPlane = Layout.OFFSET + plane * rows * yRow;
          int xPlane = Layout.OFFSET + plane * xs.h() * xRow;
          for (int i = first; i < end; i++) {
            kernel.run(yPlane + i * yRow, xPlane + 2 * i * xRow, xRow);
          }
        });
  }
}
