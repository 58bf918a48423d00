package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;

/**
 * A 3x3 convolution between blocked feature maps by {@link Winograd}: blocks of tiles are
 * transformed, multiplied with the transformed filter point by point, and transformed back, in
 * buffers that the cache holds.
 *
 * <p>Each tile is computed by itself with sums in ascending order of channels, so neither the
 * blocks nor the threads show in the result.
 */
final class WinogradConvolution {

  /** Bytes of a block's buffers: about what the second-level cache of a server's core holds. */
  private static final int BLOCK_BYTES = 1150 * 1024;

  /** Tiles of a block of which one thread does all; whole tiles of the product at any width. */
  private static final int MAX_TILES = 24;

  /** Tiles of a block that all threads share; the third-level cache holds its buffers. */
  private static final int SHARED_TILES = 132;

  /** Bytes of a filter from which on it is worth reading once for many tiles, of all threads. */
  private static final long SHARED_FILTER_BYTES = 16L << 20;

  /** Strips of columns that a task of a shared block multiplies. */
  private static final int SHARED_STRIPS = 2;

  /**
   * Output pixels of a row that are transformed one after another: long enough to be read ahead by
   * the processor, short enough for its first-level cache.
   */
  private static final int BAND_PIXELS = 96;

  /** What sums start with where nothing else is given; never written. */
  private static final float[] ZEROS = new float[Layout.OFFSET + 2 * Layout.BLOCK];

  private final Winograd winograd;
  private final PointMatrices weights;
  private final float[] bias;
  private final float floor;
  private final int stageAt;
  private final int tileAt;
  private final int bandAt;
  private final int scratch;

  private WinogradConvolution(Winograd winograd, PointMatrices weights, float[] bias, float floor) {
    this.winograd = winograd;
    this.weights = weights;
    this.bias = bias;
    this.floor = floor;
    // What each worker needs besides the buffers: room for the transforms, a tile, a band.
    int out = winograd.out();
    stageAt = Layout.OFFSET;
    tileAt = stageAt + winograd.points() * Layout.BLOCK;
    bandAt = tileAt + out * out * Layout.BLOCK;
    int bandRows = out + 2 * TileSource.MARGIN;
    int bandColumns = bandTiles() * out + 2 * TileSource.MARGIN;
    scratch = bandAt + bandRows * bandColumns * Layout.BLOCK;
  }

  /** The convolution plus bias, then ReLU if wanted. */
  static WinogradConvolution forward(WinogradFilter filter, boolean relu) {
    float floor = relu ? 0 : Float.NEGATIVE_INFINITY;
    return new WinogradConvolution(filter.winograd(), filter.forward(), filter.bias(), floor);
  }

  /** The gradient with respect to the input. */
  static WinogradConvolution backward(WinogradFilter filter, WorkerPool pool) {
    PointMatrices weights = filter.backward(pool);
    return new WinogradConvolution(filter.winograd(), weights, null, Float.NEGATIVE_INFINITY);
  }

  /** Computes what goes to {@code sink} from {@code source}. */
  void run(WorkerPool pool, Workspace workspace, TileSource source, TileSink sink) {
    Run run = new Run(source, sink, TileGrid.of(source.shape(), winograd));
    int tiles = run.grid.tiles();
    int blockTiles = tilesOfBlock();
    boolean few = pool.threads() > 1 && Layout.chunks(tiles, blockTiles) < 2 * pool.threads();
    long filterBytes = (long) weights.data().length * Float.BYTES;
    if (few || filterBytes > SHARED_FILTER_BYTES) {
      shareBlocks(run, pool, workspace, Math.min(SHARED_TILES, wholeRows(tiles)));
    } else {
      ownBlocks(run, pool, workspace, Math.min(blockTiles, wholeRows(tiles)));
    }
  }

  /** Returns the tiles whose transformed input and one strip of products fit in the cache. */
  private int tilesOfBlock() {
    int columns = Math.min(weights.columns(), PointMatrices.STRIP);
    int bytesOfTile = winograd.points() * (weights.depth() + columns) * Float.BYTES;
    int tiles = Math.min(BLOCK_BYTES / bytesOfTile, MAX_TILES);
    return Math.max(tiles / MicroKernel.ROWS, 1) * MicroKernel.ROWS;
  }

  private static int wholeRows(int tiles) {
    return Layout.chunks(tiles, MicroKernel.ROWS) * MicroKernel.ROWS;
  }

  private int bandTiles() {
    return BAND_PIXELS / winograd.out();
  }

  /** Every thread takes blocks of tiles for itself, and a strip of columns after another. */
  private void ownBlocks(Run run, WorkerPool pool, Workspace workspace, int blockTiles) {
    TileBuffers buffers =
        new TileBuffers(winograd, blockTiles, weights.depth(), PointMatrices.STRIP);
    int tiles = run.grid.tiles();
    pool.parallelFor(
        Layout.chunks(tiles, blockTiles),
        (task, worker) -> {
          float[] work = workspace.forWorker(worker, scratch + buffers.size());
          int first = task * blockTiles;
          int count = Math.min(blockTiles, tiles - first);
          Block block = new Block(run, buffers, first, work, scratch);
          transformInput(block, 0, count, work);
          for (int strip = 0; strip < weights.strips(); strip++) {
            for (int point = 0; point < winograd.points(); point++) {
              multiply(block, point, strip, strip, count);
            }
            for (int i = 0; i < count; i++) {
              transformOutput(block, i, strip, strip, work);
            }
          }
        });
  }

  /**
   * The threads share each block, so that the filter streams through the caches once for all of
   * them: first the tiles, then the products' columns, then the tiles again.
   */
  private void shareBlocks(Run run, WorkerPool pool, Workspace workspace, int blockTiles) {
    TileBuffers buffers = new TileBuffers(winograd, blockTiles, weights.depth(), weights.columns());
    float[] shared = workspace.shared(Layout.OFFSET + buffers.size());
    int tiles = run.grid.tiles();
    int strips = weights.strips();
    int groups = Layout.chunks(strips, SHARED_STRIPS);
    for (int first = 0; first < tiles; first += blockTiles) {
      int count = Math.min(blockTiles, tiles - first);
      Block block = new Block(run, buffers, first, shared, Layout.OFFSET);
      int bandTiles = bandTiles();
      pool.parallelFor(
          Layout.chunks(count, bandTiles),
          (task, worker) -> {
            int from = task * bandTiles;
            float[] work = workspace.forWorker(worker, scratch);
            transformInput(block, from, Layout.chunkEnd(from, bandTiles, count), work);
          });
      pool.parallelFor(
          winograd.points() * groups,
          (task, worker) -> {
            int firstStrip = task % groups * SHARED_STRIPS;
            int endStrip = Layout.chunkEnd(firstStrip, SHARED_STRIPS, strips);
            for (int strip = firstStrip; strip < endStrip; strip++) {
              multiply(block, task / groups, strip, 0, count);
            }
          });
      pool.parallelFor(
          count,
          (i, worker) -> {
            float[] work = workspace.forWorker(worker, scratch);
            for (int strip = 0; strip < strips; strip++) {
              transformOutput(block, i, strip, 0, work);
            }
          });
    }
  }

  /** Transforms the tiles {@code [from, to)} of a block, band by band. */
  private void transformInput(Block block, int from, int to, float[] work) {
    TileGrid grid = block.run.grid;
    int count;
    for (int i = from; i < to; i += count) {
      int tile = block.first + i;
      count = Math.min(grid.inOneRow(tile, block.first + to), bandTiles());
      for (int channels = 0; channels < Layout.blocks(weights.depth()); channels++) {
        transformBand(block, i, count, channels, work);
      }
    }
  }

  /** Transforms one block of channels of tiles that lie side by side. */
  private void transformBand(Block block, int index, int count, int channels, float[] work) {
    TileSource source = block.run.source;
    TileGrid grid = block.run.grid;
    TileBuffers buffers = block.buffers;
    int tile = block.first + index;
    int n = grid.picture(tile);
    int row = grid.row(tile);
    int column = grid.column(tile);
    int out = winograd.out();
    float[] data = source.map();
    int rowStep = grid.width() * Layout.BLOCK;
    int at =
        Layout.OFFSET
            + n * Layout.pictureSize(source.shape())
            + channels * Layout.planeSize(source.shape())
            + ((row - 1) * grid.width() + column - 1) * Layout.BLOCK;
    if (data == null || !grid.holdsInput(row, column, count)) {
      source.stage(n, channels, row, column, work, bandAt, out, count * out);
      data = work;
      rowStep = (count * out + 2 * TileSource.MARGIN) * Layout.BLOCK;
      at = bandAt + (TileSource.MARGIN - 1) * (rowStep + Layout.BLOCK);
    }
    TileTransform transform = winograd.transform();
    for (int i = 0; i < count; i++) {
      transform.input(
          data,
          at + i * out * Layout.BLOCK,
          rowStep,
          work,
          stageAt,
          block.data,
          block.base + buffers.inputAt(index + i, channels),
          buffers.inputPointAt());
    }
  }

  /**
   * Multiplies a strip of one point's filter with all tiles.
   *
   * @param firstStrip the strip that the products begin with
   */
  private void multiply(Block block, int point, int strip, int firstStrip, int tiles) {
    TileBuffers buffers = block.buffers;
    float[] data = block.data;
    int pointAt = block.base + point * buffers.productPointStep();
    int firstPanel = strip * PointMatrices.STRIP_PANELS;
    int endPanel = Math.min(firstPanel + PointMatrices.STRIP_PANELS, weights.panels());
    int firstColumn = firstStrip * PointMatrices.STRIP;
    for (int slice = 0; slice < weights.slices(); slice++) {
      int depth = weights.depthOf(slice);
      int a = block.base + buffers.inputPointAt()[point];
      int channels = slice * PointMatrices.SLICE_BLOCKS;
      for (int panel = firstPanel; panel < endPanel; panel++) {
        int b = weights.panelStart(point, slice, panel);
        for (int tile = 0; tile < tiles; tile += MicroKernel.ROWS) {
          int column = panel * MicroKernel.COLUMNS - firstColumn;
          int c = pointAt + buffers.productAt(tile, column);
          MicroKernel.multiply(
              Math.min(tiles - tile, MicroKernel.ROWS),
              data,
              a + buffers.inputAt(tile, channels),
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

  /**
   * Transforms a strip of a tile's products back.
   *
   * @param firstStrip the strip that the products begin with
   */
  private void transformOutput(Block block, int index, int strip, int firstStrip, float[] work) {
    TileSink sink = block.run.sink;
    TileGrid grid = block.run.grid;
    TileBuffers buffers = block.buffers;
    int tile = block.first + index;
    int n = grid.picture(tile);
    int row = grid.row(tile);
    int column = grid.column(tile);
    int out = winograd.out();
    boolean inPlace = sink.map() != null && grid.holdsOutput(row, column);
    float[] y = inPlace ? sink.map() : work;
    int rowStep = (inPlace ? grid.width() : out) * Layout.BLOCK;
    int planeSize = grid.height() * grid.width() * Layout.BLOCK;
    int blocks = Layout.blocks(weights.columns());
    int pixel = Layout.OFFSET + (row * grid.width() + column) * Layout.BLOCK;
    int first = strip * PointMatrices.STRIP / Layout.BLOCK;
    int end = Math.min(first + PointMatrices.STRIP / Layout.BLOCK, blocks);
    for (int channels = first; channels < end; channels++) {
      winograd
          .transform()
          .output(
              block.data,
              block.base
                  + buffers.productAt(
                      index, channels * Layout.BLOCK - firstStrip * PointMatrices.STRIP),
              buffers.productPointStep(),
              work,
              stageAt,
              bias == null ? ZEROS : bias,
              bias == null ? Layout.OFFSET : Layout.OFFSET + channels * Layout.BLOCK,
              floor,
              y,
              inPlace ? pixel + (n * blocks + channels) * planeSize : tileAt,
              rowStep);
      if (!inPlace) {
        sink.store(n, channels, row, column, work, tileAt, out);
      }
    }
  }

  /** What one call works on. */
  private record Run(TileSource source, TileSink sink, TileGrid grid) {}

  /** A block of tiles, from {@code first} on, whose buffers lie in {@code data}. */
  private record Block(Run run, TileBuffers buffers, int first, float[] data, int base) {}
}
