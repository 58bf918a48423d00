package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * Gradient of the first convolution with respect to the image. As a product over neighbourhoods it
 * would have three columns and fill no vector; instead each pixel of the output's gradient is
 * multiplied with {@code [K, 9 C]} weights, which gives what it adds to each of nine image pixels,
 * and these products are summed.
 *
 * <p>A row of the gradient is worked through in chunks whose products stay in the first-level
 * cache. Each chunk adds to three rows of the image, which lie with the channels of a pixel side by
 * side until they are complete. The order of the additions to a pixel is that of the rows, whatever
 * the chunks and tasks.
 */
final class ImageGradient {

  /** Pixels of a chunk: 64 channels of so many and their products are 36 KiB; whole tiles. */
  private static final int CHUNK = 96;

  /** Rows that one task completes; it also computes the products of the row above and below. */
  private static final int BAND_ROWS = 32;

  /** Rows of the image that are not complete yet. */
  private static final int OPEN_ROWS = 3;

  /**
   * Numbers from one pixel of an open row to the next. They are added one by one: vectors of
   * another width than the other kernels' make JDK 17 put those on the heap.
   */
  private static final int PIXEL = Layout.MAX_PLANAR_CHANNELS;

  /** Pixels before a chunk whose products are still needed: a sum takes those of three. */
  private static final int KEPT = 2;

  /** Numbers of a block of channels of a chunk. */
  private static final int PLANE = CHUNK * Layout.BLOCK;

  private final PackedMatrix weights;
  private final Shape dxs;
  private final Shape dys;
  private final boolean replicate;

  /** Numbers from the products of one pixel to those of the next. */
  private final int stride;

  /** Where the products of a chunk lie in a worker's space, those that were kept in front. */
  private final int products;

  /** Where the open rows lie in a worker's space. */
  private final int open;

  private final int openStride;

  /**
   * A gradient.
   *
   * @param weights {@code [K, 9 C]}, columns tap by tap the channels
   * @param dxs shape of the planar image
   * @param dys shape of the output's gradient
   * @param replicate whether the image's nearest pixel stood for one beyond the edge
   */
  ImageGradient(PackedMatrix weights, Shape dxs, Shape dys, boolean replicate) {
    this.weights = weights;
    this.dxs = dxs;
    this.dys = dys;
    this.replicate = replicate;
    stride = weights.panels() * MicroKernel.COLUMNS;
    products = Layout.OFFSET + Layout.blocks(dys.c()) * PLANE;
    open = products + (KEPT + CHUNK + 1) * stride;
    openStride = dxs.w() * PIXEL;
  }

  /**
   * Computes dx.
   *
   * @param mask features of dy's shape: where they are not above 0, dy counts as 0; or null, as it
   *     must be where dy is planar
   */
  void run(WorkerPool pool, Workspace workspace, float[] dx, float[] dy, float[] mask) {
    int bands = Layout.chunks(dxs.h(), BAND_ROWS);
    long length = open + (long) OPEN_ROWS * openStride;
    pool.parallelFor(
        dxs.n() * bands,
        (task, worker) -> {
          int n = task / bands;
          int first = task % bands * BAND_ROWS;
          int end = Layout.chunkEnd(first, BAND_ROWS, dxs.h());
          float[] work = workspace.forWorker(worker, length);
          Arrays.fill(work, open, open + OPEN_ROWS * openStride, 0);
          for (int row = Math.max(first - 1, 0); row < Math.min(end + 1, dxs.h()); row++) {
            addRow(dy, mask, n, row, work);
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
  private void addRow(float[] dy, float[] mask, int n, int row, float[] work) {
    int width = dxs.w();
    int count;
    for (int j = 0; j < width; j += count) {
      count = Math.min(CHUNK, width - j);
      copyPixels(work, dy, mask, n, row * width + j, count);
      int kept = products + KEPT * stride;
      multiply(work, kept, count);
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
      System.arraycopy(work, kept + (count - KEPT) * stride, work, products, KEPT * stride);
    }
  }

  /**
   * Copies {@code count} pixels of the gradient, masked, to the start of a worker's space, where
   * they lie blocked.
   */
  private void copyPixels(float[] work, float[] dy, float[] mask, int n, int first, int count) {
    int picture = Layout.OFFSET + n * Layout.pictureSize(dys);
    if (!Layout.isBlocked(dys)) {
      for (int c = 0; c < dys.c(); c++) {
        int from = picture + c * dys.area() + first;
        for (int p = 0; p < count; p++) {
          work[Layout.OFFSET + p * Layout.BLOCK + c] = dy[from + p];
        }
      }
      return;
    }
    int numbers = count * Layout.BLOCK;
    for (int block = 0; block < Layout.blocks(dys.c()); block++) {
      int from = picture + block * Layout.planeSize(dys) + first * Layout.BLOCK;
      int to = Layout.OFFSET + block * PLANE;
      if (mask == null) {
        System.arraycopy(dy, from, work, to, numbers);
      } else {
        Elementwise.copyMasked(work, to, dy, mask, from, numbers);
      }
    }
  }

  /**
   * Multiplies the copied pixels with the weights. The last tile may have pixels too many, of which
   * nothing is read.
   */
  private void multiply(float[] work, int to, int count) {
    for (int panel = 0; panel < weights.panels(); panel++) {
      for (int slice = 0; slice < weights.slices(); slice++) {
        boolean add = slice > 0;
        int from = Layout.OFFSET + slice * (PixelRows.SLICE_DEPTH / Layout.BLOCK) * PLANE;
        for (int p = 0; p < count; p += PixelKernel.PIXELS) {
          int at = to + p * stride + panel * PixelKernel.COLUMNS;
          PixelKernel.multiply(
              work,
              from + p * Layout.BLOCK,
              PLANE,
              weights.data(),
              weights.panelStart(slice, panel),
              weights.depthOf(slice),
              work,
              at,
              stride,
              Simd.LANES,
              add ? work : PackedGemm.ZEROS,
              add ? at : Layout.OFFSET,
              add ? stride : 0,
              Simd.LANES);
        }
      }
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
    int to = openRow(row) + j * PIXEL;
    // Output pixel j - v + 1 read pixel j through tap v.
    int next = at + stride + tap * c;
    int here = at + (tap + 1) * c;
    int previous = at - stride + (tap + 2) * c;
    for (int k = 0; k < count; k++) {
      for (int channel = 0; channel < c; channel++) {
        int p = k * stride + channel;
        work[to + k * PIXEL + channel] += work[next + p] + work[here + p] + work[previous + p];
      }
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
        dx[to + j] = work[from + j * PIXEL + c];
      }
    }
    reopen(i, work);
  }

  /** Clears the place of a row for the one that comes {@link #OPEN_ROWS} later. */
  private void reopen(int i, float[] work) {
    Arrays.fill(work, openRow(i), openRow(i) + openStride, 0);
  }
}
