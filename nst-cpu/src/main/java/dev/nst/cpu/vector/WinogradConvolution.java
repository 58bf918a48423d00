package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;

/**
 * A 3x3 convolution between blocked feature maps by {@link Winograd}: blocks of tiles are
 * transformed, multiplied with the transformed filter point by point, and transformed back, in
 * buffers that the cache holds.
 *
 * <p>Each tile is computed by itself with sums in ascending order of channels, so neither the
 * blocks nor the threads show in the result.
 */
final class WinogradConvolution {

  /** Bytes of the buffers of a block of tiles, to be held by the second-level cache. */
  private static final int BLOCK_BYTES = 700 * 1024;

  private static final int MIN_TILES = 8;
  private static final int MAX_TILES = 16;

  /** Tiles of a block that all threads share; the third-level cache holds its buffers. */
  private static final int SHARED_TILES = 128;

  /** Bytes of a filter from which on it is worth reading once for all threads' tiles. */
  private static final long SHARED_FILTER_BYTES = 16L << 20;

  /** In how many parts threads take the columns of one point's product of a shared block. */
  private static final int PANEL_GROUPS = 4;

  /** What each worker needs besides the buffers: a tile and room for the transforms. */
  private static final int SCRATCH = Layout.OFFSET + 2 * TileTransform.STAGE;

  private static final int STAGE_AT = Layout.OFFSET;
  private static final int TILE_AT = Layout.OFFSET + TileTransform.STAGE;

  /** What sums start with where nothing else is given; never written. */
  private static final float[] ZEROS = new float[Layout.OFFSET + 2 * Layout.BLOCK];

  private final PointMatrices weights;
  private final float[] bias;
  private final float floor;

  private WinogradConvolution(PointMatrices weights, float[] bias, float floor) {
    this.weights = weights;
    this.bias = bias;
    this.floor = floor;
  }

  /** The convolution plus bias, then ReLU if wanted. */
  static WinogradConvolution forward(WinogradFilter filter, boolean relu) {
    float floor = relu ? 0 : Float.NEGATIVE_INFINITY;
    return new WinogradConvolution(filter.forward(), filter.bias(), floor);
  }

  /** The gradient with respect to the input. */
  static WinogradConvolution backward(WinogradFilter filter, WorkerPool pool) {
    PointMatrices weights = filter.backward(pool);
    return new WinogradConvolution(weights, null, Float.NEGATIVE_INFINITY);
  }

  /**
   * Computes y from x.
   *
   * @param mask features of x's shape: where they are not above 0, x counts as 0; or null
   */
  void run(
      WorkerPool pool,
      Workspace workspace,
      float[] y,
      Shape yShape,
      float[] x,
      float[] mask,
      Shape xShape) {
    Run run = new Run(y, yShape, x, mask, xShape, TileGrid.of(xShape));
    int tiles = run.grid.tiles();
    int blockTiles = tilesOfBlock();
    boolean few = Layout.chunks(tiles, blockTiles) < 2 * pool.threads();
    long filterBytes = (long) Winograd.POINTS * weights.pointSize() * Float.BYTES;
    if (pool.threads() > 1 && (few || filterBytes > SHARED_FILTER_BYTES)) {
      shareBlocks(run, pool, workspace, Math.min(SHARED_TILES, wholeRows(tiles)));
    } else {
      ownBlocks(run, pool, workspace, Math.min(blockTiles, wholeRows(tiles)));
    }
  }

  /** Returns the tiles of which the second-level cache holds transformed input and products. */
  private int tilesOfBlock() {
    int bytesOfTile = Winograd.POINTS * (weights.depth() + weights.columns()) * Float.BYTES;
    int tiles = Math.min(Math.max(BLOCK_BYTES / bytesOfTile, MIN_TILES), MAX_TILES);
    return tiles / MicroKernel.ROWS * MicroKernel.ROWS;
  }

  private static int wholeRows(int tiles) {
    return Layout.chunks(tiles, MicroKernel.ROWS) * MicroKernel.ROWS;
  }

  /** Every thread takes blocks of tiles for itself. */
  private void ownBlocks(Run run, WorkerPool pool, Workspace workspace, int blockTiles) {
    TileBuffers buffers = new TileBuffers(blockTiles, weights.depth(), weights.panels());
    int tiles = run.grid.tiles();
    pool.parallelFor(
        Layout.chunks(tiles, blockTiles),
        (block, worker) -> {
          float[] work = workspace.forWorker(worker, SCRATCH + buffers.size());
          int first = block * blockTiles;
          int count = Math.min(blockTiles, tiles - first);
          for (int i = 0; i < count; i++) {
            transformInput(run, first + i, buffers, i, work, work, SCRATCH);
          }
          for (int point = 0; point < Winograd.POINTS; point++) {
            multiply(point, 0, weights.panels(), buffers, count, work, SCRATCH);
          }
          for (int i = 0; i < count; i++) {
            transformOutput(run, first + i, buffers, i, work, work, SCRATCH);
          }
        });
  }

  /**
   * The threads share each block, so that the filter streams through the caches once for all of
   * them: first the tiles, then the products' columns, then the tiles again.
   */
  private void shareBlocks(Run run, WorkerPool pool, Workspace workspace, int blockTiles) {
    TileBuffers buffers = new TileBuffers(blockTiles, weights.depth(), weights.panels());
    float[] shared = workspace.shared(Layout.OFFSET + buffers.size());
    int base = Layout.OFFSET;
    int tiles = run.grid.tiles();
    int panels = weights.panels();
    int groups = Math.min(PANEL_GROUPS, panels);
    for (int first = 0; first < tiles; first += blockTiles) {
      int firstTile = first;
      int count = Math.min(blockTiles, tiles - first);
      pool.parallelFor(
          count,
          (i, worker) -> {
            float[] work = workspace.forWorker(worker, SCRATCH);
            transformInput(run, firstTile + i, buffers, i, work, shared, base);
          });
      pool.parallelFor(
          Winograd.POINTS * groups,
          (task, worker) -> {
            int group = task % groups;
            multiply(
                task / groups,
                group * panels / groups,
                (group + 1) * panels / groups,
                buffers,
                count,
                shared,
                base);
          });
      pool.parallelFor(
          count,
          (i, worker) -> {
            float[] work = workspace.forWorker(worker, SCRATCH);
            transformOutput(run, firstTile + i, buffers, i, work, shared, base);
          });
    }
  }

  private void transformInput(
      Run run, int tile, TileBuffers buffers, int index, float[] work, float[] data, int base) {
    TileGrid grid = run.grid;
    int n = grid.picture(tile);
    int row = grid.row(tile);
    int column = grid.column(tile);
    int width = grid.width();
    int planeSize = Layout.planeSize(run.xShape);
    int plane = Layout.OFFSET + n * Layout.pictureSize(run.xShape);
    int blocks = Layout.blocks(weights.depth());
    boolean inside = grid.holdsInput(row, column);
    boolean inPlace = inside && run.mask == null;
    for (int block = 0; block < blocks; block++, plane += planeSize) {
      int at = plane + ((row - 1) * width + column - 1) * Layout.BLOCK;
      if (!inside) {
        TileTransform.copyEdge(
            run.x, run.mask, plane, grid.height(), width, row - 1, column - 1, work, TILE_AT);
      } else if (!inPlace) {
        TileTransform.copyMasked(run.x, run.mask, at, width * Layout.BLOCK, work, TILE_AT);
      }
      TileTransform.input(
          inPlace ? run.x : work,
          inPlace ? at : TILE_AT,
          (inPlace ? width : Winograd.IN) * Layout.BLOCK,
          work,
          STAGE_AT,
          data,
          base + buffers.inputAt(index, block),
          buffers.inputPointAt());
    }
  }

  /** Multiplies panels of one point's filter with all tiles. */
  private void multiply(
      int point,
      int firstPanel,
      int endPanel,
      TileBuffers buffers,
      int tiles,
      float[] data,
      int base) {
    int pointAt = base + point * buffers.productPointStep();
    for (int slice = 0; slice < weights.slices(); slice++) {
      int depth = weights.depthOf(slice);
      int a = base + buffers.inputPointAt()[point];
      int block = slice * PointMatrices.SLICE_BLOCKS;
      for (int panel = firstPanel; panel < endPanel; panel++) {
        int b = weights.panelStart(point, slice, panel);
        for (int tile = 0; tile < tiles; tile += MicroKernel.ROWS) {
          int c = pointAt + buffers.productAt(tile, panel * MicroKernel.COLUMNS);
          MicroKernel.multiply(
              Math.min(tiles - tile, MicroKernel.ROWS),
              data,
              a + buffers.inputAt(tile, block),
              weights.data(),
              b,
              depth,
              data,
              c,
              buffers.productRow(),
              Simd.LANES,
              slice == 0 ? ZEROS : data,
              slice == 0 ? Layout.OFFSET : c,
              slice == 0 ? 0 : buffers.productRow(),
              Simd.LANES);
        }
      }
    }
  }

  private void transformOutput(
      Run run, int tile, TileBuffers buffers, int index, float[] work, float[] data, int base) {
    TileGrid grid = run.grid;
    int n = grid.picture(tile);
    int row = grid.row(tile);
    int column = grid.column(tile);
    boolean inside = grid.holdsOutput(row, column);
    int rowStep = (inside ? grid.width() : Winograd.OUT) * Layout.BLOCK;
    int planeSize = Layout.planeSize(run.yShape);
    int plane = Layout.OFFSET + n * Layout.pictureSize(run.yShape);
    int blocks = Layout.blocks(weights.columns());
    for (int block = 0; block < blocks; block++, plane += planeSize) {
      int to = inside ? plane + (row * grid.width() + column) * Layout.BLOCK : TILE_AT;
      TileTransform.output(
          data,
          base + buffers.productAt(index, block * Layout.BLOCK),
          buffers.productPointStep(),
          work,
          STAGE_AT,
          bias == null ? ZEROS : bias,
          bias == null ? Layout.OFFSET : Layout.OFFSET + block * Layout.BLOCK,
          floor,
          inside ? run.y : work,
          to,
          rowStep);
      if (!inside) {
        TileTransform.storeEdge(
            work, TILE_AT, run.y, plane, grid.height(), grid.width(), row, column);
      }
    }
  }

  /** What one call works on. */
  private record Run(
      float[] y, Shape yShape, float[] x, float[] mask, Shape xShape, TileGrid grid) {}
}
