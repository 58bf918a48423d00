package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gradient of the first convolution with respect to the image. As a product over neighbourhoods it
 * would have three columns and fill no vector; instead each pixel of the output's gradient is
 * multiplied with {@code [K, 9 C]} weights, which gives what it adds to each of nine image pixels,
 * and these products are summed.
 *
 * <p>A row of the gradient is worked through in chunks whose products stay in the first-level
 * cache. Each chunk adds to three rows of the image, which lie with the channels of a pixel side by
 * side until they are complete, so that one vector of four numbers holds a pixel. The order of the
 * additions to a pixel is that of the rows, whatever the chunks and tasks.
 */
final class ImageGradient {

  /** Pixels of a chunk: 64 channels of so many and their products are 36 KiB. */
  private static final int CHUNK = 96;

  /** Rows that one task completes; it also computes the products of the row above and below. */
  private static final int BAND_ROWS = 32;

  /** Rows of the image that are not complete yet. */
  private static final int OPEN_ROWS = 3;

  /** Wide enough for a pixel, and to be had whatever the width of the other kernels' vectors. */
  private static final VectorSpecies<Float> PIXEL = FloatVector.SPECIES_128;

  /** Pixels before a chunk whose products are still needed: a sum takes those of three. */
  private static final int KEPT = 2;

  /** Where the products of a chunk lie in a worker's space, those that were kept in front. */
  private static final int PRODUCTS = PackedGemm.WORKSPACE;

  private final PackedMatrix weights;
  private final Shape dxs;
  private final boolean replicate;

  /** Numbers from the products of one pixel to those of the next. */
  private final int stride;

  /** Where the open rows lie in a worker's space. */
  private final int open;

  private final int openStride;

  /**
   * A gradient.
   *
   * @param weights {@code [K, 9 C]}, columns tap by tap the channels
   * @param dxs shape of the planar image
   * @param replicate whether the image's nearest pixel stood for one beyond the edge
   */
  ImageGradient(PackedMatrix weights, Shape dxs, boolean replicate) {
    this.weights = weights;
    this.dxs = dxs;
    this.replicate = replicate;
    stride = weights.panels() * MicroKernel.COLUMNS;
    open = PRODUCTS + (KEPT + CHUNK + 1) * stride;
    openStride = dxs.w() * PIXEL.length();
  }

  void run(WorkerPool pool, Workspace workspace, float[] dx, float[] dy, float[] mask, Shape dys) {
    int bands = Layout.chunks(dxs.h(), BAND_ROWS);
    long length = open + (long) OPEN_ROWS * openStride;
    PackedGemm gemm = new PackedGemm(weights, null, false);
    pool.parallelFor(
        dxs.n() * bands,
        (task, worker) -> {
          int n = task / bands;
          int first = task % bands * BAND_ROWS;
          int end = Layout.chunkEnd(first, BAND_ROWS, dxs.h());
          float[] work = workspace.forWorker(worker, length);
          PixelRows rows = new PixelRows(dy, mask, dys, n);
          Arrays.fill(work, open, open + OPEN_ROWS * openStride, 0);
          for (int row = Math.max(first - 1, 0); row < Math.min(end + 1, dxs.h()); row++) {
            addRow(gemm, rows, row, work);
            if (row > first) {
              complete(dx, n, row - 1, work);
            } else {
              // What it got from this band is part of a sum that another band has.
              reopen(row - 1, work);
            }
          }
          if (end == dxs.h()) {
            complete(dx, n, end - 1, work);
          }
        });
  }

  /** Adds what the pixels of a row of the gradient add to the image. */
  private void addRow(PackedGemm gemm, PixelRows rows, int row, float[] work) {
    int width = dxs.w();
    int count;
    for (int j = 0; j < width; j += count) {
      count = Math.min(CHUNK, width - j);
      int kept = PRODUCTS + KEPT * stride;
      // Where pixel 0 of the picture would be. May lie beyond an int, which wraps around and back
      // again when the index of a pixel of the chunk is added.
      int firstPixel = row * width + j;
      Side side = new Side(rows, TileTarget.matrix(work, kept - firstPixel * stride, stride));
      gemm.multiplyBlock(side, firstPixel, count, 0, weights.panels(), false, work);
      if (j == 0) {
        continueBeyondEdge(work, kept - stride, 2, kept, 0);
      }
      int summed = count - 1;
      if (j + count == width) {
        int last = kept + (count - 1) * stride;
        continueBeyondEdge(work, last + stride, 0, last, 2);
        summed = count;
      }
      int from = j == 0 ? 0 : -1;
      for (int u = 0; u < 3; u++) {
        addTaps(work, row + u - 1, 3 * u, j + from, kept + from * stride, summed - from);
      }
      System.arraycopy(work, kept + (count - KEPT) * stride, work, PRODUCTS, KEPT * stride);
    }
  }

  /**
   * Writes products for a pixel that does not exist, beyond the end of a row. Nothing comes from
   * it; but where the nearest pixel stood for one beyond the edge, what the last pixel would add
   * there through {@code fromTap} belongs to itself, as if the next one had added it through {@code
   * toTap}.
   *
   * @param to the products of the pixel that does not exist
   * @param from those of the last one that does
   */
  private void continueBeyondEdge(float[] work, int to, int toTap, int from, int fromTap) {
    Arrays.fill(work, to, to + stride, 0);
    if (replicate) {
      int c = dxs.c();
      for (int u = 0; u < 3; u++) {
        System.arraycopy(work, from + (3 * u + fromTap) * c, work, to + (3 * u + toTap) * c, c);
      }
    }
  }

  /**
   * Adds to {@code count} pixels of an open row what they get through three taps side by side.
   *
   * @param i the row, which may lie beyond the edge
   * @param tap the first tap
   * @param j the first pixel
   * @param at where its products lie
   */
  private void addTaps(float[] work, int i, int tap, int j, int at, int count) {
    int row = replicate ? Math.min(Math.max(i, 0), dxs.h() - 1) : i;
    if (row < 0 || row >= dxs.h()) {
      return;
    }
    int c = dxs.c();
    int to = openRow(row) + j * PIXEL.length();
    // Output pixel j - v + 1 read pixel j through tap v.
    int next = at + stride + tap * c;
    int here = at + (tap + 1) * c;
    int previous = at - stride + (tap + 2) * c;
    for (int k = 0; k < count; k++) {
      FloatVector.fromArray(PIXEL, work, next + k * stride)
          .add(FloatVector.fromArray(PIXEL, work, here + k * stride))
          .add(FloatVector.fromArray(PIXEL, work, previous + k * stride))
          .add(FloatVector.fromArray(PIXEL, work, to + k * PIXEL.length()))
          .intoArray(work, to + k * PIXEL.length());
    }
  }

  private int openRow(int i) {
    return open + Math.floorMod(i, OPEN_ROWS) * openStride;
  }

  /** Writes a row that has got everything to the image. */
  private void complete(float[] dx, int n, int i, float[] work) {
    int from = openRow(i);
    for (int c = 0; c < dxs.c(); c++) {
      int to = Layout.OFFSET + (n * dxs.c() + c) * dxs.area() + i * dxs.w();
      for (int j = 0; j < dxs.w(); j++) {
        dx[to + j] = work[from + j * PIXEL.length() + c];
      }
    }
    reopen(i, work);
  }

  /** Clears the place of a row for the one that comes {@link #OPEN_ROWS} later. */
  private void reopen(int i, float[] work) {
    Arrays.fill(work, openRow(i), openRow(i) + openStride, 0);
  }
}
