package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The losses, and other sums over a whole tensor. They are taken in double over chunks whose
 * borders depend on the shape alone, and the chunks are added in order.
 */
final class Reductions {

  /** Doubles in vectors as wide as those of {@link Simd#FLOATS}: half as many. */
  static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());

  /** Numbers of a chunk. */
  private static final int CHUNK = 32 * 1024;

  /** Picture rows of a chunk of the total variation. */
  private static final int CHUNK_ROWS = 32;

  private final WorkerPool pool;
  private final Workspace workspace;

  Reductions(WorkerPool pool, Workspace workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** Sums over the numbers {@code [from, to)}, of which the first lanes of each block count. */
  private interface PieceSum {
    double over(int from, int to, int lanes);
  }

  private double sum(Shape s, PieceSum pieceSum) {
    boolean idle = Layout.hasIdleLanes(s);
    int planeSize = Layout.planeSize(s);
    int planes = s.n() * Layout.planes(s);
    int numbers = planes * planeSize;
    int chunk = idle ? planeSize : CHUNK;
    int chunks = Layout.chunks(numbers, chunk);
    double[] sums = workspace.sums(chunks);
    pool.parallelFor(
        chunks,
        (task, worker) -> {
          int from = Layout.OFFSET + task * chunk;
          int to = Layout.OFFSET + Layout.chunkEnd(task * chunk, chunk, numbers);
          int lanes = idle ? Layout.lanes(s.c(), task % Layout.planes(s)) : Layout.BLOCK;
          double total = 0;
          // TensorLoop's loop again: through an object that adds up, it took four times as long.
          for (int i = from; i < to; i += TensorLoop.PIECE) {
            total += pieceSum.over(i, Layout.chunkEnd(i, TensorLoop.PIECE, to), lanes);
          }
          sums[task] = total;
        });
    return sumInOrder(sums, 0, 1, chunks);
  }

  /** Returns the sum of {@code (a - b)^2}. */
  double squaredDifferences(float[] a, float[] b, Shape s) {
    return sum(s, (from, to, lanes) -> squaredDifferences(a, b, from, to, lanes));
  }

  /** Returns the sum of {@code a * b}. */
  double dot(float[] a, float[] b, Shape s) {
    return sum(s, (from, to, lanes) -> dot(a, b, from, to, lanes));
  }

  private static double dot(float[] a, float[] b, int from, int to, int lanes) {
    int i = from;
    double sum = 0;
    if (lanes == Layout.BLOCK) {
      DoubleVector low = DoubleVector.zero(DOUBLES);
      DoubleVector high = DoubleVector.zero(DOUBLES);
      for (; i <= to - LANES; i += LANES) {
        FloatVector left = FloatVector.fromArray(FLOATS, a, i);
        FloatVector right = FloatVector.fromArray(FLOATS, b, i);
        DoubleVector left0 = (DoubleVector) left.convert(VectorOperators.F2D, 0);
        DoubleVector left1 = (DoubleVector) left.convert(VectorOperators.F2D, 1);
        low = left0.fma((DoubleVector) right.convert(VectorOperators.F2D, 0), low);
        high = left1.fma((DoubleVector) right.convert(VectorOperators.F2D, 1), high);
      }
      sum = sumOfLanes(low.add(high));
    }
    for (; i < to; i++) {
      if ((i - from) % Layout.BLOCK < lanes) {
        sum += (double) a[i] * b[i];
      }
    }
    return sum;
  }

  /** Returns the sum of {@code |x|}. */
  double absoluteSum(float[] x, Shape s) {
    return sum(s, (from, to, lanes) -> absoluteSum(x, from, to, lanes));
  }

  private static double absoluteSum(float[] x, int from, int to, int lanes) {
    int i = from;
    double sum = 0;
    if (lanes == Layout.BLOCK) {
      DoubleVector low = DoubleVector.zero(DOUBLES);
      DoubleVector high = DoubleVector.zero(DOUBLES);
      for (; i <= to - LANES; i += LANES) {
        FloatVector size = FloatVector.fromArray(FLOATS, x, i).abs();
        low = low.add(size.convert(VectorOperators.F2D, 0));
        high = high.add(size.convert(VectorOperators.F2D, 1));
      }
      sum = sumOfLanes(low.add(high));
    }
    for (; i < to; i++) {
      if ((i - from) % Layout.BLOCK < lanes) {
        sum += Math.abs(x[i]);
      }
    }
    return sum;
  }

  private static double squaredDifferences(float[] a, float[] b, int from, int to, int lanes) {
    int i = from;
    double sum = 0;
    if (lanes == Layout.BLOCK) {
      DoubleVector low = DoubleVector.zero(DOUBLES);
      DoubleVector high = DoubleVector.zero(DOUBLES);
      for (; i <= to - LANES; i += LANES) {
        FloatVector d =
            FloatVector.fromArray(FLOATS, a, i).sub(FloatVector.fromArray(FLOATS, b, i));
        DoubleVector d0 = (DoubleVector) d.convert(VectorOperators.F2D, 0);
        DoubleVector d1 = (DoubleVector) d.convert(VectorOperators.F2D, 1);
        low = d0.fma(d0, low);
        high = d1.fma(d1, high);
      }
      sum = sumOfLanes(low.add(high));
    }
    for (; i < to; i++) {
      if ((i - from) % Layout.BLOCK < lanes) {
        double d = a[i] - b[i];
        sum += d * d;
      }
    }
    return sum;
  }

  /** Weighted mean absolute differences across plus down; a direction of one pixel has none. */
  double totalVariation(float[] x, Shape s, double acrossWeight, double downWeight) {
    int stride = Layout.pixelStride(s);
    int row = s.w() * stride;
    int planes = s.n() * Layout.planes(s);
    int perPlane = Layout.chunks(s.h(), CHUNK_ROWS);
    int chunks = planes * perPlane;
    double[] sums = workspace.sums(2 * chunks);
    pool.parallelFor(
        chunks,
        (task, worker) -> {
          int plane = task / perPlane;
          int first = task % perPlane * CHUNK_ROWS;
          int end = Layout.chunkEnd(first, CHUNK_ROWS, s.h());
          int lanes = stride == 1 ? 1 : Layout.lanes(s.c(), plane % Layout.planes(s));
          double across = 0;
          double down = 0;
          for (int i = first; i < end; i++) {
            int at = Layout.OFFSET + plane * Layout.planeSize(s) + i * row;
            across += absoluteDifferences(x, at, stride, row - stride, stride, lanes);
            if (i + 1 < s.h()) {
              down += absoluteDifferences(x, at, row, row, stride, lanes);
            }
          }
          sums[2 * task] = across;
          sums[2 * task + 1] = down;
        });
    double pictures = (double) s.n() * s.c();
    double across = sumInOrder(sums, 0, 2, chunks) / (pictures * s.h() * Math.max(s.w() - 1, 1));
    double down = sumInOrder(sums, 1, 2, chunks) / (pictures * Math.max(s.h() - 1, 1) * s.w());
    return acrossWeight * across + downWeight * down;
  }

  /** Sum of {@code |x[i + distance] - x[i]|} over {@code count} numbers from {@code at}. */
  private static double absoluteDifferences(
      float[] x, int at, int distance, int count, int stride, int lanes) {
    int i = 0;
    double sum = 0;
    if (lanes == stride) {
      DoubleVector low = DoubleVector.zero(DOUBLES);
      DoubleVector high = DoubleVector.zero(DOUBLES);
      for (; i <= count - LANES; i += LANES) {
        FloatVector d =
            FloatVector.fromArray(FLOATS, x, at + i + distance)
                .sub(FloatVector.fromArray(FLOATS, x, at + i))
                .abs();
        low = low.add(d.convert(VectorOperators.F2D, 0));
        high = high.add(d.convert(VectorOperators.F2D, 1));
      }
      sum = sumOfLanes(low.add(high));
    }
    for (; i < count; i++) {
      if (i % stride < lanes) {
        sum += Math.abs(x[at + i + distance] - x[at + i]);
      }
    }
    return sum;
  }

  /** Adds in order: the order of {@code reduceLanes} may change once the method is compiled. */
  static double sumOfLanes(DoubleVector v) {
    double total = 0;
    for (int lane = 0; lane < v.length(); lane++) {
      total += v.lane(lane);
    }
    return total;
  }

  static double sumInOrder(double[] sums, int first, int step, int count) {
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += sums[first + i * step];
    }
    return total;
  }

  /** {@code dx (+)=} the gradient of {@link #totalVariation}. */
  void totalVariationBackward(
      float[] dx, float[] x, Shape s, double acrossWeight, double downWeight, boolean accumulate) {
    int stride = Layout.pixelStride(s);
    int row = s.w() * stride;
    int rows = s.n() * Layout.planes(s) * s.h();
    double pictures = (double) s.n() * s.c();
    float across = (float) (acrossWeight / (pictures * s.h() * Math.max(s.w() - 1, 1)));
    float down = (float) (downWeight / (pictures * Math.max(s.h() - 1, 1) * s.w()));
    int tasks = Layout.chunks(rows, CHUNK_ROWS);
    pool.parallelFor(
        tasks,
        (task, worker) -> {
          int first = task * CHUNK_ROWS;
          int endRow = Layout.chunkEnd(first, CHUNK_ROWS, rows);
          for (int r = first; r < endRow; r++) {
            int at = Layout.OFFSET + r * row;
            int end = at + row;
            if (!accumulate) {
              Arrays.fill(dx, at, end, 0);
            }
            // The first and the last pixel have one neighbour, those between them two.
            addSigns(dx, x, at, at + stride, Math.min(stride, row - stride), across);
            addSignsOfTwo(dx, x, at + stride, stride, row - 2 * stride, across);
            addSigns(dx, x, end - stride, end - 2 * stride, Math.min(stride, row - stride), across);
            int i = r % s.h();
            if (i > 0 && i + 1 < s.h()) {
              addSignsOfTwo(dx, x, at, row, row, down);
            } else if (s.h() > 1) {
              addSigns(dx, x, at, i == 0 ? end : at - row, row, down);
            }
          }
        });
  }

  /**
   * {@code dx[at + i] += factor * sign(x[at + i] - x[there + i])}; a difference of NaN stays NaN.
   */
  private static void addSigns(float[] dx, float[] x, int at, int there, int count, float factor) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector d =
          FloatVector.fromArray(FLOATS, x, at + i).sub(FloatVector.fromArray(FLOATS, x, there + i));
      FloatVector sign =
          d.blend(1, d.compare(VectorOperators.GT, 0)).blend(-1, d.compare(VectorOperators.LT, 0));
      sign.mul(factor).add(FloatVector.fromArray(FLOATS, dx, at + i)).intoArray(dx, at + i);
    }
    for (; i < count; i++) {
      dx[at + i] += factor * Math.signum(x[at + i] - x[there + i]);
    }
  }

  /** {@link #addSigns} for the neighbours at both sides, in one pass. */
  private static void addSignsOfTwo(
      float[] dx, float[] x, int at, int distance, int count, float factor) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector here = FloatVector.fromArray(FLOATS, x, at + i);
      FloatVector d = here.sub(FloatVector.fromArray(FLOATS, x, at + i - distance));
      FloatVector e = here.sub(FloatVector.fromArray(FLOATS, x, at + i + distance));
      d = d.blend(1, d.compare(VectorOperators.GT, 0)).blend(-1, d.compare(VectorOperators.LT, 0));
      e = e.blend(1, e.compare(VectorOperators.GT, 0)).blend(-1, e.compare(VectorOperators.LT, 0));
      d.add(e).mul(factor).add(FloatVector.fromArray(FLOATS, dx, at + i)).intoArray(dx, at + i);
    }
    for (; i < count; i++) {
      float here = x[at + i];
      float signs =
          Math.signum(here - x[at + i - distance]) + Math.signum(here - x[at + i + distance]);
      dx[at + i] += factor * signs;
    }
  }
}
