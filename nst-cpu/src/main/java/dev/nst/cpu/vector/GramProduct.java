package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * Gram matrices and their gradient. The sum over pixels is cut into segments of fixed length, each
 * with a partial matrix of its own in float32; the partial matrices are added in double, in order.
 * A segment in turn is summed in short chunks, which keeps both the rounding error and the data in
 * use small.
 */
final class GramProduct {

  /** Pixels of a segment. */
  private static final int SEGMENT = 4096;

  /** Pixels of a chunk: four blocks of channels of so many pixels fit in the first-level cache. */
  private static final int CHUNK = 256;

  /** Blocks of channels on the left that one task multiplies. */
  private static final int ROW_BLOCKS = 4;

  /** The most channels with which gradients read the features where they lie. */
  private static final int MAX_CHANNELS_IN_PLACE = 64;

  /** Pixels that are read in place for one panel of columns after another; whole tiles. */
  private static final int IN_PLACE_CHUNK = 96;

  private static final int TASK_PIXELS = 8 * IN_PLACE_CHUNK;

  private final WorkerPool pool;
  private final Workspace workspace;

  GramProduct(WorkerPool pool, Workspace workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** {@code g = scale * F Ft}; {@code s} is the shape of F, of one picture. */
  void gram(float[] g, float[] f, Shape s, float scale) {
    if (!Layout.isBlocked(s)) {
      planarGram(g, f, s, scale);
      return;
    }
    int blocks = Layout.blocks(s.c());
    int rows = blocks * Layout.BLOCK;
    int stride = (rows + GramKernel.COLUMNS - 1) / GramKernel.COLUMNS * GramKernel.COLUMNS;
    int segments = Layout.chunks(s.area(), SEGMENT);
    int groups = (blocks + ROW_BLOCKS - 1) / ROW_BLOCKS;
    int partialSize = Math.multiplyExact(rows, stride);
    float[] partials = workspace.shared(Layout.OFFSET + (long) segments * partialSize);
    pool.parallelFor(
        segments * groups,
        (task, worker) -> {
          int segment = task / groups;
          int firstPixel = segment * SEGMENT;
          int firstBlock = task % groups * ROW_BLOCKS;
          int endBlock = Math.min(blocks, firstBlock + ROW_BLOCKS);
          int to = Layout.OFFSET + segment * partialSize;
          Arrays.fill(
              partials,
              to + firstBlock * Layout.BLOCK * stride,
              to + endBlock * Layout.BLOCK * stride,
              0);
          int end = Math.min(s.area(), firstPixel + SEGMENT);
          for (int p = firstPixel; p < end; p += CHUNK) {
            int depth = Math.min(CHUNK, end - p);
            addChunk(partials, to, stride, f, s, firstBlock, endBlock, p, depth);
          }
        });
    // Only columns right of each row's block were computed; the rest is their mirror image.
    pool.parallelFor(
        blocks,
        (block, worker) -> {
          float[] tile = workspace.forWorker(worker, Layout.BLOCK * Layout.BLOCK);
          for (int right = block; right < blocks; right++) {
            int from = Layout.OFFSET + block * Layout.BLOCK * stride + right * Layout.BLOCK;
            addPartials(tile, partials, from, stride, partialSize, segments, scale);
            storeTile(g, s.c(), tile, block * Layout.BLOCK, right * Layout.BLOCK);
          }
        });
  }

  /** Adds the tile at {@code from} of all partial matrices. */
  private static void addPartials(
      float[] tile,
      float[] partials,
      int from,
      int stride,
      int partialSize,
      int segments,
      float scale) {
    for (int i = 0; i < Layout.BLOCK; i++) {
      for (int j = 0; j < Layout.BLOCK; j++) {
        int at = from + i * stride + j;
        double sum = 0;
        for (int segment = 0; segment < segments; segment++) {
          sum += partials[at + segment * partialSize];
        }
        tile[i * Layout.BLOCK + j] = (float) (scale * sum);
      }
    }
  }

  /**
   * Stores what lies right of the diagonal, and its mirror image row by row: column by column, each
   * number would touch a cache line of its own, all of them in the same few sets of the cache.
   */
  private static void storeTile(float[] g, int channels, float[] tile, int row, int column) {
    int rows = Math.min(Layout.BLOCK, channels - row);
    int columns = Math.min(Layout.BLOCK, channels - column);
    for (int i = 0; i < rows; i++) {
      int first = row == column ? i : 0;
      int to = Layout.OFFSET + (row + i) * channels + column;
      for (int j = first; j < columns; j++) {
        g[to + j] = tile[i * Layout.BLOCK + j];
      }
    }
    for (int j = 0; j < columns; j++) {
      int end = row == column ? j : rows;
      int to = Layout.OFFSET + (column + j) * channels + row;
      for (int i = 0; i < end; i++) {
        g[to + i] = tile[i * Layout.BLOCK + j];
      }
    }
  }

  /**
   * Adds the products of one chunk of pixels for the rows of some blocks, from the diagonal
   * rightwards.
   */
  private static void addChunk(
      float[] partials,
      int to,
      int stride,
      float[] f,
      Shape s,
      int firstBlock,
      int endBlock,
      int pixel,
      int depth) {
    int columns = Layout.blocks(s.c()) * Layout.BLOCK;
    int firstColumn = firstBlock * Layout.BLOCK / GramKernel.COLUMNS * GramKernel.COLUMNS;
    for (int column = firstColumn; column < columns; column += GramKernel.COLUMNS) {
      int right = channelAt(s, column, pixel);
      // A last vector beyond the last block computes something twice into columns that nobody
      // reads.
      int second = Math.min(column + Simd.LANES, columns - Simd.LANES);
      int secondVector = channelAt(s, second, pixel) - right;
      int endRow = Math.min(endBlock * Layout.BLOCK, column + GramKernel.COLUMNS);
      boolean diagonal = GramKernel.HAS_DIAGONAL && endRow == second + Simd.LANES;
      int endWide = diagonal ? second : endRow;
      for (int row = firstBlock * Layout.BLOCK; row < endWide; row += GramKernel.ROWS) {
        int left = channelAt(s, row, pixel);
        GramKernel.add(
            f, left, right, secondVector, depth, partials, to + row * stride + column, stride);
      }
      if (diagonal) {
        GramKernel.addDiagonal(
            f, right + secondVector, depth, partials, to + second * stride + second, stride);
      }
    }
  }

  private static int channelAt(Shape s, int channel, int pixel) {
    return Layout.OFFSET
        + channel / Layout.BLOCK * Layout.planeSize(s)
        + pixel * Layout.BLOCK
        + channel % Layout.BLOCK;
  }

  private static void planarGram(float[] g, float[] f, Shape s, float scale) {
    int area = s.area();
    for (int i = 0; i < s.c(); i++) {
      for (int j = i; j < s.c(); j++) {
        double sum = 0;
        for (int p = 0; p < area; p++) {
          sum += (double) f[Layout.OFFSET + i * area + p] * f[Layout.OFFSET + j * area + p];
        }
        float value = (float) (scale * sum);
        g[Layout.OFFSET + i * s.c() + j] = value;
        g[Layout.OFFSET + j * s.c() + i] = value;
      }
    }
  }

  /** {@code df (+)= scale * (dg + dgt) F}: the pixels' channels times a symmetric matrix. */
  void backward(float[] df, float[] dg, float[] f, Shape s, float scale, boolean accumulate) {
    int c = s.c();
    float[] packed = workspace.shared(PackedMatrix.length(c, c));
    PackedMatrix factor =
        PackedMatrix.packInto(
            packed,
            pool,
            c,
            c,
            PixelRows.SLICE_DEPTH,
            (k, n) -> scale * (dg[Layout.OFFSET + k * c + n] + dg[Layout.OFFSET + n * c + k]));
    Side side = new Side(new PixelRows(f, s, 0), TileTarget.pixels(df, s, 0));
    PackedGemm gemm = new PackedGemm(factor, null, false);
    if (!readsInPlace(s)) {
      gemm.multiply(pool, workspace, new Side[] {side}, s.area(), accumulate);
      return;
    }
    int whole = s.area() / PixelKernel.PIXELS * PixelKernel.PIXELS;
    int tasks = Layout.chunks(s.area(), TASK_PIXELS);
    pool.parallelFor(
        tasks,
        (task, worker) -> {
          int first = task * TASK_PIXELS;
          int end = Math.min(Layout.chunkEnd(first, TASK_PIXELS, s.area()), whole);
          for (int p = first; p < end; p += IN_PLACE_CHUNK) {
            multiplyInPlace(df, f, s, factor, p, Math.min(IN_PLACE_CHUNK, end - p), accumulate);
          }
          if (task == tasks - 1 && whole < s.area()) {
            float[] work = workspace.forWorker(worker, PackedGemm.WORKSPACE);
            int rest = s.area() - whole;
            gemm.multiplyBlock(side, whole, rest, 0, factor.panels(), accumulate, work);
          }
        });
  }

  /**
   * With up to {@value #MAX_CHANNELS_IN_PLACE} channels, {@link PixelKernel} takes a quarter less
   * time than {@link PackedGemm}, with twice as many the same, beyond more. It stores only whole
   * vectors.
   */
  private static boolean readsInPlace(Shape s) {
    return Layout.isBlocked(s)
        && s.c() <= MAX_CHANNELS_IN_PLACE
        && s.c() % PixelKernel.COLUMNS == 0;
  }

  private static void multiplyInPlace(
      float[] df, float[] f, Shape s, PackedMatrix factor, int first, int count, boolean add) {
    for (int panel = 0; panel < factor.panels(); panel++) {
      int column = panel * PixelKernel.COLUMNS;
      int secondVector = channelAt(s, column + Simd.LANES, 0) - channelAt(s, column, 0);
      for (int p = first; p < first + count; p += PixelKernel.PIXELS) {
        int to = channelAt(s, column, p);
        PixelKernel.multiply(
            f,
            channelAt(s, 0, p),
            Layout.planeSize(s),
            factor.data(),
            factor.panelStart(0, panel),
            s.c(),
            df,
            to,
            Layout.BLOCK,
            secondVector,
            add ? df : PackedGemm.ZEROS,
            add ? to : Layout.OFFSET,
            add ? Layout.BLOCK : 0,
            add ? secondVector : Simd.LANES);
      }
    }
  }
}
