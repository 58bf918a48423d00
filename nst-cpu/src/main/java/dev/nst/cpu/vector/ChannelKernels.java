package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What treats all positions of a channel, or all channels of a position, alike. */
final class ChannelKernels {

  /** Pixels of a task. */
  private static final int CHUNK = 4096;

  /** Some pixels of one plane. */
  private interface Piece {
    /**
     * Works on a piece.
     *
     * @param plane counted over all pictures
     * @param pixel the first one, counted within its plane
     * @param at index of its first number
     * @param count pixels
     */
    void run(int plane, int pixel, int at, int count);
  }

  private final WorkerPool pool;
  private final Workspace workspace;

  ChannelKernels(WorkerPool pool, Workspace workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  private void forEachPiece(Shape s, Piece piece) {
    int pieces = Layout.chunks(s.area(), CHUNK);
    int planeSize = Layout.planeSize(s);
    int stride = Layout.pixelStride(s);
    pool.parallelFor(
        s.n() * Layout.planes(s) * pieces,
        (task, worker) -> {
          int plane = task / pieces;
          int pixel = task % pieces * CHUNK;
          int count = Math.min(CHUNK, s.area() - pixel);
          piece.run(plane, pixel, Layout.OFFSET + plane * planeSize + pixel * stride, count);
        });
  }

  /** {@code y[c,p] = factor[c] * x[c,p] + offset[c]} on every picture; y may be x. */
  void affine(float[] y, float[] x, Shape s, float[] factor, float[] offset) {
    int planes = Layout.planes(s);
    int size = Layout.planeSize(s);
    // Idle lanes of the last block get some factor too.
    float[] factors = Arrays.copyOf(factor, planes * Layout.pixelStride(s));
    float[] offsets = Arrays.copyOf(offset, factors.length);
    pool.parallelFor(
        s.n() * planes,
        (task, worker) -> {
          int c = task % planes;
          int from = Layout.OFFSET + task * size;
          if (Layout.isBlocked(s)) {
            Elementwise.affineBlocks(y, x, factors, offsets, c * Layout.BLOCK, from, from + size);
          } else {
            Elementwise.affine(y, x, factors[c], offsets[c], from, from + size);
          }
        });
  }

  /** {@code means[c]} = mean over the positions of one picture. */
  void means(float[] means, float[] x, Shape s) {
    int pieces = Layout.chunks(s.area(), CHUNK);
    int stride = Layout.pixelStride(s);
    double[] sums = workspace.sums(Layout.planes(s) * pieces * stride);
    forEachPiece(
        s,
        (plane, pixel, at, count) -> {
          int to = (plane * pieces + pixel / CHUNK) * stride;
          if (stride == 1) {
            double sum = 0;
            for (int p = 0; p < count; p++) {
              sum += x[at + p];
            }
            sums[to] = sum;
          } else {
            sumLanes(sums, to, x, at, count);
          }
        });
    for (int c = 0; c < s.c(); c++) {
      double sum = 0;
      for (int piece = 0; piece < pieces; piece++) {
        sum += sums[(c / stride * pieces + piece) * stride + c % stride];
      }
      means[Layout.OFFSET + c] = (float) (sum / s.area());
    }
  }

  private static void sumLanes(double[] sums, int to, float[] x, int at, int count) {
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      DoubleVector low = DoubleVector.zero(Reductions.DOUBLES);
      DoubleVector high = DoubleVector.zero(Reductions.DOUBLES);
      for (int p = 0; p < count; p++) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, at + p * Layout.BLOCK + lane);
        low = low.add(v.convert(VectorOperators.F2D, 0));
        high = high.add(v.convert(VectorOperators.F2D, 1));
      }
      low.intoArray(sums, to + lane);
      high.intoArray(sums, to + lane + LANES / 2);
    }
  }

  /** {@code x[c,p] += v[c]} on one picture. */
  void add(float[] x, float[] v, Shape s) {
    forEachPiece(
        s,
        (plane, pixel, at, count) -> {
          if (!Layout.isBlocked(s)) {
            float term = v[Layout.OFFSET + plane];
            for (int p = 0; p < count; p++) {
              x[at + p] += term;
            }
            return;
          }
          for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
            // Vectors are padded to whole blocks; what lies in the padding meets idle lanes only.
            FloatVector terms =
                FloatVector.fromArray(FLOATS, v, Layout.OFFSET + plane * Layout.BLOCK + lane);
            for (int i = at + lane; i < at + count * Layout.BLOCK; i += Layout.BLOCK) {
              FloatVector.fromArray(FLOATS, x, i).add(terms).intoArray(x, i);
            }
          }
        });
  }

  /** {@code y = mask[p] * x}; y may be x. */
  void multiplyMask(float[] y, float[] x, float[] mask, Shape s) {
    forEachPiece(
        s,
        (plane, pixel, at, count) -> {
          int factors = Layout.OFFSET + pixel;
          if (!Layout.isBlocked(s)) {
            for (int p = 0; p < count; p++) {
              y[at + p] = mask[factors + p] * x[at + p];
            }
            return;
          }
          for (int p = 0; p < count; p++) {
            FloatVector factor = FloatVector.broadcast(FLOATS, mask[factors + p]);
            for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
              int i = at + p * Layout.BLOCK + lane;
              FloatVector.fromArray(FLOATS, x, i).mul(factor).intoArray(y, i);
            }
          }
        });
  }
}
