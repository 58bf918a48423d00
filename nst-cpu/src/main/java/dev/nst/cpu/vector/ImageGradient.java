package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * Gradient of the first convolution with respect to the image. As a product over neighbourhoods it
 * would have three columns and fill no vector; instead each pixel of the output's gradient is
 * multiplied with {@code [K, 9 C]} weights, and every image pixel gathers what its nine neighbours
 * hold for it. Products of three rows are kept at a time, so that the cache holds them.
 */
final class ImageGradient {

  private static final int MAX_PRODUCT_ROWS = 192;

  /** Rows that one task gathers; it also computes the products of the row above and below. */
  private static final int BAND_ROWS = 32;

  /** Rows of products that are needed at a time. */
  private static final int KEPT_ROWS = 3;

  private final PackedMatrix weights;
  private final Shape dxs;
  private final boolean replicate;
  private final int productStride;

  /**
   * A gradient.
   *
   * @param weights {@code [K, 9 C]}
   * @param dxs shape of the planar image
   * @param replicate whether the image's nearest pixel stood for one beyond the edge
   */
  ImageGradient(PackedMatrix weights, Shape dxs, boolean replicate) {
    this.replicate = replicate;
    this.weights = weights;
    this.dxs = dxs;
    this.productStride = weights.panels() * MicroKernel.COLUMNS;
  }

  void run(WorkerPool pool, Workspace workspace, float[] dx, float[] dy, float[] mask, Shape dys) {
    int bands = Layout.chunks(dxs.h(), BAND_ROWS);
    long length = PackedGemm.WORKSPACE + (long) KEPT_ROWS * dxs.w() * productStride;
    PackedGemm gemm = new PackedGemm(weights, null, false);
    pool.parallelFor(
        dxs.n() * bands,
        (task, worker) -> {
          int n = task / bands;
          int first = task % bands * BAND_ROWS;
          int end = Layout.chunkEnd(first, BAND_ROWS, dxs.h());
          float[] work = workspace.forWorker(worker, length);
          PixelRows rows = new PixelRows(dy, mask, dys, n);
          for (int row = Math.max(first - 1, 0); row < Math.min(end + 1, dxs.h()); row++) {
            multiplyRow(gemm, rows, row, work);
            if (row > first) {
              gather(dx, n, row - 1, work);
            }
          }
          if (end == dxs.h()) {
            gather(dx, n, end - 1, work);
          }
        });
  }

  /** Computes the products of a row of pixels. */
  private void multiplyRow(PackedGemm gemm, PixelRows rows, int row, float[] work) {
    int firstPixel = row * dxs.w();
    // Where pixel 0 would be. May lie beyond an int, which wraps around and back again when the
    // index of a pixel of the row is added.
    int origin = productsOf(row) - firstPixel * productStride;
    Side side = new Side(rows, TileTarget.matrix(work, origin, productStride));
    int count;
    for (int j = 0; j < dxs.w(); j += count) {
      count = Math.min(MAX_PRODUCT_ROWS, dxs.w() - j);
      gemm.multiplyBlock(side, firstPixel + j, count, 0, weights.panels(), false, work);
    }
  }

  /** Returns where the products of a row's first pixel lie. */
  private int productsOf(int row) {
    return PackedGemm.WORKSPACE + row % KEPT_ROWS * dxs.w() * productStride;
  }

  private void gather(float[] dx, int n, int i, float[] products) {
    for (int c = 0; c < dxs.c(); c++) {
      int to = Layout.OFFSET + (n * dxs.c() + c) * dxs.area() + i * dxs.w();
      gatherRow(dx, to, i, products, c * 9);
      if (replicate) {
        gatherEdges(dx, to, i, products, c * 9);
      }
    }
  }

  /** Gathers a row of a channel, whose taps begin at {@code tap}. */
  private void gatherRow(float[] dx, int to, int i, float[] products, int tap) {
    int last = dxs.w() - 1;
    Arrays.fill(dx, to, to + dxs.w(), 0);
    for (int u = 0; u < 3; u++) {
      // Output pixel (i - u + 1, j - v + 1) read this pixel through tap (u, v).
      int row = i - u + 1;
      if (row < 0 || row >= dxs.h()) {
        continue;
      }
      int at = productsOf(row) + tap + u * 3;
      if (last == 0) {
        dx[to] += products[at + 1];
        continue;
      }
      dx[to] += products[at + productStride] + products[at + 1];
      for (int j = 1; j < last; j++) {
        int centre = at + j * productStride;
        dx[to + j] +=
            products[centre + productStride]
                + products[centre + 1]
                + products[centre - productStride + 2];
      }
      int centre = at + last * productStride;
      dx[to + last] += products[centre + 1] + products[centre - productStride + 2];
    }
  }

  /** Adds to a row what pixels at the edge got through taps that reached beyond it. */
  private void gatherEdges(float[] dx, int to, int i, float[] products, int tap) {
    int last = dxs.w() - 1;
    for (int u = 0; u < 3; u++) {
      int row = i - u + 1;
      if (row >= 0 && row < dxs.h()) {
        int at = productsOf(row) + tap + u * 3;
        dx[to] += products[at];
        dx[to + last] += products[at + last * productStride + 2];
      }
    }
    if (i == 0) {
      addReplicatedRow(dx, to, products, productsOf(0) + tap);
    }
    if (i + 1 == dxs.h()) {
      addReplicatedRow(dx, to, products, productsOf(i) + tap + 6);
    }
  }

  /** Adds what a row of output pixels got through three taps above or below the picture. */
  private void addReplicatedRow(float[] dx, int to, float[] products, int at) {
    for (int j = 0; j < dxs.w(); j++) {
      for (int v = 0; v < 3; v++) {
        int column = Math.min(Math.max(j + v - 1, 0), dxs.w() - 1);
        dx[to + column] += products[at + j * productStride + v];
      }
    }
  }
}
