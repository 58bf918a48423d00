package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * The convolution of a picture, of at most {@value Layout#MAX_PLANAR_CHANNELS} channels. A picture
 * is small and its map large, so the time goes where the map is written: each of its numbers is
 * stored once, finished, in the order in which it lies.
 *
 * <p>For a chunk of pixels the picture is first written out tap by tap, shifted so that what the
 * pixels read through one tap lies side by side. That copies each number nine times, but each copy
 * then meets all output channels, and what lies beyond an edge is settled before the products.
 */
final class ImageConvolution {

  /** Chunks of a task. */
  private static final int TASK_CHUNKS = 4;

  private static final int TASK_PIXELS = TASK_CHUNKS * ImageKernel.CHUNK;

  private final PackedMatrix weights;
  private final float[] bias;
  private final float lowest;
  private final boolean replicate;

  /**
   * A convolution.
   *
   * @param weights {@code [9 C, K]}, rows channel by channel the nine taps
   * @param bias of each output channel, from element {@link Layout#OFFSET}, padded to whole panels;
   *     null for none
   * @param relu whether the result is the maximum with 0
   * @param replicate whether the nearest pixel stands for one beyond the edge, instead of 0
   */
  ImageConvolution(PackedMatrix weights, float[] bias, boolean relu, boolean replicate) {
    this.weights = weights;
    this.bias = bias;
    this.lowest = relu ? 0 : Float.NEGATIVE_INFINITY;
    this.replicate = replicate;
  }

  /** Computes y from the picture x. */
  void run(WorkerPool pool, Workspace workspace, float[] y, Shape ys, float[] x, Shape xs) {
    int tasks = Layout.chunks(xs.area(), TASK_PIXELS);
    int taps = 9 * xs.c();
    int edgeTile = Layout.OFFSET + taps * ImageKernel.A_STRIDE;
    int length = edgeTile + ImageKernel.PIXELS * ImageKernel.COLUMNS;
    pool.parallelFor(
        xs.n() * tasks,
        (task, worker) -> {
          int n = task / tasks;
          TileTarget target = TileTarget.pixels(y, ys, n);
          float[] work = workspace.forWorker(worker, length);
          int first = task % tasks * TASK_PIXELS;
          int end = Layout.chunkEnd(first, TASK_PIXELS, xs.area());
          for (int p = first; p < end; p += ImageKernel.CHUNK) {
            int count = Math.min(ImageKernel.CHUNK, end - p);
            writeTaps(work, x, xs, n, p, count);
            for (int panel = 0; panel < weights.panels(); panel++) {
              multiply(target, p, count, panel, taps, work, edgeTile);
            }
          }
        });
  }

  /** Multiplies a chunk of pixels with the weights of one panel of output channels. */
  private void multiply(
      TileTarget c, int first, int count, int panel, int taps, float[] work, int edgeTile) {
    int column = panel * ImageKernel.COLUMNS;
    int whole = c.takesVectors(column) ? count / ImageKernel.PIXELS * ImageKernel.PIXELS : 0;
    int b = weights.panelStart(0, panel);
    float[] start = bias == null ? PackedGemm.ZEROS : bias;
    int startAt = Layout.OFFSET + (bias == null ? 0 : column);
    int secondVector = whole == 0 ? 0 : c.at(0, column + Simd.LANES) - c.at(0, column);
    for (int p = 0; p < whole; p += ImageKernel.PIXELS) {
      ImageKernel.multiply(
          work,
          Layout.OFFSET + p,
          weights.data(),
          b,
          taps,
          c.data(),
          c.at(first + p, column),
          c.rowStride(),
          secondVector,
          start,
          startAt,
          lowest);
    }
    for (int p = whole; p < count; p += ImageKernel.PIXELS) {
      ImageKernel.multiply(
          work,
          Layout.OFFSET + p,
          weights.data(),
          b,
          taps,
          work,
          edgeTile,
          ImageKernel.COLUMNS,
          Simd.LANES,
          start,
          startAt,
          lowest);
      c.store(work, edgeTile, first + p, Math.min(ImageKernel.PIXELS, count - p), column, false);
    }
  }

  /**
   * Writes what the pixels {@code [first, first + count)} of picture n read through each tap,
   * channel by channel the nine taps in row-major order, {@link ImageKernel#A_STRIDE} apart.
   */
  private void writeTaps(float[] a, float[] x, Shape s, int n, int first, int count) {
    int width = s.w();
    // One stretch of pixels within a picture row after the other.
    for (int p = first; p < first + count; ) {
      int row = p / width;
      int from = p - row * width;
      int end = Math.min(width, from + first + count - p);
      int to = Layout.OFFSET + p - first;
      for (int c = 0; c < s.c(); c++) {
        int channel = Layout.OFFSET + (n * s.c() + c) * s.area();
        for (int u = 0; u < 3; u++) {
          int r = row + u - 1;
          int nearest = Math.min(Math.max(r, 0), s.h() - 1);
          boolean exists = replicate || r == nearest;
          for (int v = 0; v < 3; v++) {
            if (exists) {
              writeTap(a, to, x, channel + nearest * width, from, end, v - 1, width);
            } else {
              Arrays.fill(a, to, to + end - from, 0);
            }
            to += ImageKernel.A_STRIDE;
          }
        }
      }
      p += end - from;
    }
  }

  /** Writes the numbers {@code [from + shift, end + shift)} of the row at {@code row}. */
  private void writeTap(
      float[] a, int to, float[] x, int row, int from, int end, int shift, int width) {
    int first = Math.max(from + shift, 0);
    int last = Math.min(end + shift, width);
    int at = to + first - from - shift;
    System.arraycopy(x, row + first, a, at, last - first);
    if (first > from + shift) {
      a[to] = replicate ? x[row] : 0;
    }
    if (last < end + shift) {
      a[at + last - first] = replicate ? x[row + width - 1] : 0;
    }
  }
}
