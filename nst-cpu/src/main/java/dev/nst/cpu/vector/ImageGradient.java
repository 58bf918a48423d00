package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;

/**
 * Gradient of the first convolution with respect to the image. As a product over neighbourhoods it
 * would have three columns and fill no vector; instead each pixel of the output's gradient is
 * multiplied with {@code [K, 9 C]} weights, and every image pixel gathers what its nine neighbours
 * hold for it.
 */
final class ImageGradient {

  private static final int MAX_PRODUCT_ROWS = 192;

  /** Numbers of a band's products, which a second-level cache should hold. */
  private static final int BAND_NUMBERS = 160 * 1024;

  private final PackedMatrix weights;
  private final Shape dxs;
  private final boolean replicate;
  private final int productStride;
  private final int bandRows;

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
    // Each band also computes the products of the row above and of the row below.
    int rows = (int) (BAND_NUMBERS / ((long) productStride * dxs.w())) - 2;
    this.bandRows = Math.min(Math.max(rows, 4), dxs.h());
  }

  void run(WorkerPool pool, Workspace workspace, float[] dx, float[] dy, float[] mask, Shape dys) {
    int bands = Layout.chunks(dxs.h(), bandRows);
    int products = PackedGemm.WORKSPACE;
    long length = products + (bandRows + 2L) * dxs.w() * productStride;
    PackedGemm gemm = new PackedGemm(weights, null, false);
    pool.parallelFor(
        dxs.n() * bands,
        (task, worker) -> {
          int n = task / bands;
          int firstRow = task % bands * bandRows;
          int endRow = Layout.chunkEnd(firstRow, bandRows, dxs.h());
          int firstProduct = Math.max(firstRow - 1, 0);
          int endProduct = Math.min(endRow + 1, dxs.h());
          float[] work = workspace.forWorker(worker, length);
          // Where pixel 0 would be. May lie beyond an int, which wraps around and back again when
          // the
          // index of a pixel of the band is added.
          int origin = products - firstProduct * dxs.w() * productStride;
          TileTarget target = TileTarget.matrix(work, origin, productStride);
          Side side = new Side(new PixelRows(dy, mask, dys, n), target);
          int end = endProduct * dxs.w();
          int count;
          for (int p = firstProduct * dxs.w(); p < end; p += count) {
            count = Math.min(MAX_PRODUCT_ROWS, end - p);
            gemm.multiplyBlock(side, p, count, 0, weights.panels(), false, work);
          }
          for (int i = firstRow; i < endRow; i++) {
            gatherRow(dx, n, i, work, origin);
            if (replicate) {
              gatherEdges(dx, n, i, work, origin);
            }
          }
        });
  }

  private void gatherRow(float[] dx, int n, int i, float[] products, int origin) {
    int width = dxs.w();
    for (int c = 0; c < dxs.c(); c++) {
      int to = Layout.OFFSET + (n * dxs.c() + c) * dxs.area() + i * width;
      for (int j = 0; j < width; j++) {
        float sum = 0;
        for (int u = 0; u < 3; u++) {
          // Output pixel (i - u + 1, j - v + 1) read this pixel through tap (u, v).
          int row = i - u + 1;
          if (row < 0 || row >= dxs.h()) {
            continue;
          }
          int at = origin + (row * width + j + 1) * productStride + c * 9 + u * 3;
          sum += j + 1 < width ? products[at] : 0;
          sum += products[at - productStride + 1];
          sum += j > 0 ? products[at - 2 * productStride + 2] : 0;
        }
        dx[to + j] = sum;
      }
    }
  }

  /** Adds to a row what pixels at the edge got through taps that reached beyond it. */
  private void gatherEdges(float[] dx, int n, int i, float[] products, int origin) {
    int width = dxs.w();
    for (int c = 0; c < dxs.c(); c++) {
      int to = Layout.OFFSET + (n * dxs.c() + c) * dxs.area() + i * width;
      for (int u = 0; u < 3; u++) {
        int row = i - u + 1;
        if (row >= 0 && row < dxs.h()) {
          int at = origin + row * width * productStride + c * 9 + u * 3;
          dx[to] += products[at];
          dx[to + width - 1] += products[at + (width - 1) * productStride + 2];
        }
      }
      if (i == 0) {
        addReplicatedRow(dx, to, products, origin + c * 9);
      }
      if (i + 1 == dxs.h()) {
        addReplicatedRow(dx, to, products, origin + i * width * productStride + c * 9 + 6);
      }
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
