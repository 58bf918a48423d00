package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.backend.PictureKernels;
import dev.nst.cpu.HeapTensors;
import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link PictureKernels} on the Vector API, a row of pixels at a time. */
final class VectorPictures implements PictureKernels {

  /** Rows of a task. */
  private static final int TASK_ROWS = 32;

  private final HeapTensors memory;
  private final WorkerPool pool;
  private final Workspace workspace;
  private final Edges edges;

  VectorPictures(HeapTensors memory, WorkerPool pool, Workspace workspace) {
    this.memory = memory;
    this.pool = pool;
    this.workspace = workspace;
    edges = new Edges(pool);
  }

  /** A row of pixels: where its numbers lie, and how far those of its neighbours are. */
  private record Row(Shape s, int index) {

    int i() {
      return index % s.h();
    }

    int at() {
      return Layout.OFFSET + index * length();
    }

    int length() {
      return s.w() * stride();
    }

    int stride() {
      return Layout.pixelStride(s);
    }

    int lanes() {
      int plane = index / s.h();
      return Layout.isBlocked(s) ? Layout.lanes(s.c(), plane % Layout.planes(s)) : 1;
    }

    /** The cells that straddle the upper and the lower edge have two horizontal differences. */
    float horizontalFactor(float straight, float diagonal) {
      int edges = (i() == 0 ? 1 : 0) + (i() + 1 == s.h() ? 1 : 0);
      return straight + 2 * diagonal * edges;
    }
  }

  @Override
  public void squaredVariation(Tensor loss, Tensor x, float straight, float diagonal) {
    float[] values = memory.data(x);
    Shape s = x.shape();
    int rows = s.n() * Layout.planes(s) * s.h();
    int tasks = Layout.chunks(rows, TASK_ROWS);
    double[] sums = workspace.sums(tasks);
    pool.parallelFor(
        tasks,
        (task, worker) -> {
          int first = task * TASK_ROWS;
          double sum = 0;
          for (int r = first; r < Layout.chunkEnd(first, TASK_ROWS, rows); r++) {
            sum += squaredVariation(values, new Row(s, r), straight, diagonal);
          }
          sums[task] = sum;
        });
    double sum = Reductions.sumInOrder(sums, 0, 1, tasks);
    memory.data(loss)[Layout.OFFSET] = (float) sum;
  }

  /** The pairs within a row and between it and the next. */
  private static double squaredVariation(float[] x, Row row, float straight, float diagonal) {
    int at = row.at();
    int next = row.stride();
    int lanes = row.lanes();
    int inner = row.length() - next;
    double sum = row.horizontalFactor(straight, diagonal) * squares(x, at, at + next, inner, row);
    if (row.i() + 1 < row.s().h()) {
      int below = at + row.length();
      double edges =
          edgeSquares(x, at, below, next, lanes)
              + edgeSquares(x, at + inner, below + inner, next, lanes);
      sum += straight * squares(x, at, below, row.length(), row) + 2 * diagonal * edges;
      sum += diagonal * squares(x, at, below + next, inner, row);
      sum += diagonal * squares(x, at + next, below, inner, row);
    }
    return sum;
  }

  private static double edgeSquares(float[] x, int here, int there, int count, int lanes) {
    double sum = 0;
    for (int k = 0; k < Math.min(count, lanes); k++) {
      double d = x[there + k] - x[here + k];
      sum += d * d;
    }
    return sum;
  }

  /** Sum of {@code (x[there + k] - x[here + k])^2} over {@code count} numbers. */
  private static double squares(float[] x, int here, int there, int count, Row row) {
    int k = 0;
    double sum = 0;
    if (row.lanes() == row.stride()) {
      DoubleVector low = DoubleVector.zero(Reductions.DOUBLES);
      DoubleVector high = DoubleVector.zero(Reductions.DOUBLES);
      for (; k <= count - LANES; k += LANES) {
        FloatVector d =
            FloatVector.fromArray(FLOATS, x, there + k)
                .sub(FloatVector.fromArray(FLOATS, x, here + k));
        DoubleVector d0 = (DoubleVector) d.convert(VectorOperators.F2D, 0);
        DoubleVector d1 = (DoubleVector) d.convert(VectorOperators.F2D, 1);
        low = d0.fma(d0, low);
        high = d1.fma(d1, high);
      }
      sum = Reductions.sumOfLanes(low.add(high));
    }
    for (; k < count; k++) {
      if (k % row.stride() < row.lanes()) {
        double d = x[there + k] - x[here + k];
        sum += d * d;
      }
    }
    return sum;
  }

  @Override
  public void squaredVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float straight, float diagonal, boolean accumulate) {
    float[] gradient = memory.data(dx);
    float[] values = memory.data(x);
    float seed = 2 * memory.data(gradLoss)[Layout.OFFSET];
    Shape s = x.shape();
    int rows = s.n() * Layout.planes(s) * s.h();
    pool.parallelFor(
        Layout.chunks(rows, TASK_ROWS),
        (task, worker) -> {
          int first = task * TASK_ROWS;
          for (int r = first; r < Layout.chunkEnd(first, TASK_ROWS, rows); r++) {
            Row row = new Row(s, r);
            if (!accumulate) {
              Arrays.fill(gradient, row.at(), row.at() + row.length(), 0);
            }
            addPulls(gradient, values, row, seed * straight, seed * diagonal);
          }
        });
  }

  /** Adds to a row of the gradient what each of its pixels' eight neighbours has in it. */
  private static void addPulls(float[] dx, float[] x, Row row, float straight, float diagonal) {
    int at = row.at();
    int next = row.stride();
    int inner = row.length() - next;
    float horizontal = row.horizontalFactor(straight, diagonal);
    addDifferences(dx, x, at, at + next, inner, horizontal);
    addDifferences(dx, x, at + next, at, inner, horizontal);
    for (int step = -1; step <= 1; step += 2) {
      if (row.i() + step < 0 || row.i() + step >= row.s().h()) {
        continue;
      }
      int other = at + step * row.length();
      addDifferences(dx, x, at, other, row.length(), straight);
      addDifferences(dx, x, at, other + next, inner, diagonal);
      addDifferences(dx, x, at + next, other, inner, diagonal);
      addDifferences(dx, x, at, other, next, 2 * diagonal);
      addDifferences(dx, x, at + inner, other + inner, next, 2 * diagonal);
    }
  }

  /** {@code dx[here + k] += factor * (x[here + k] - x[there + k])}. */
  private static void addDifferences(
      float[] dx, float[] x, int here, int there, int count, float factor) {
    int k = 0;
    for (; k <= count - LANES; k += LANES) {
      FloatVector.fromArray(FLOATS, x, here + k)
          .sub(FloatVector.fromArray(FLOATS, x, there + k))
          .mul(factor)
          .add(FloatVector.fromArray(FLOATS, dx, here + k))
          .intoArray(dx, here + k);
    }
    for (; k < count; k++) {
      dx[here + k] += factor * (x[here + k] - x[there + k]);
    }
  }

  @Override
  public void clampChannels(Tensor x, float[] low, float[] high) {
    float[] values = memory.data(x);
    Shape s = x.shape();
    int stride = Layout.pixelStride(s);
    int planes = Layout.planes(s);
    pool.parallelFor(
        s.n() * planes,
        (plane, worker) -> {
          int from = Layout.OFFSET + plane * Layout.planeSize(s);
          int lanes = stride == 1 ? 1 : Layout.lanes(s.c(), plane % planes);
          for (int lane = 0; lane < lanes; lane++) {
            float least = low[plane % planes * stride + lane];
            float most = high[plane % planes * stride + lane];
            for (int i = from + lane; i < from + Layout.planeSize(s); i += stride) {
              values[i] = Math.min(Math.max(values[i], least), most);
            }
          }
        });
  }

  @Override
  public void replicateEdges(Tensor y, Tensor x) {
    edges.replicate(memory.data(y), memory.data(x), x.shape());
  }

  @Override
  public void replicateEdgesBackward(Tensor dx, Tensor dy) {
    edges.replicateBackward(memory.data(dx), memory.data(dy), dx.shape());
  }

  @Override
  public void cropEdges(Tensor y, Tensor x) {
    edges.crop(memory.data(y), memory.data(x), y.shape());
  }

  @Override
  public void cropEdgesBackward(Tensor dx, Tensor dy) {
    edges.cropBackward(memory.data(dx), memory.data(dy), dy.shape());
  }
}
