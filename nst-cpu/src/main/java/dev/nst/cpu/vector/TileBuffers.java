package dev.nst.cpu.vector;

/**
 * Where the transformed input and the products of so many tiles lie in an array.
 *
 * <p>At each point the transformed input is a matrix whose rows, the tiles, are {@link
 * MicroKernel#A_STRIDE} numbers apart. Where a row is shorter, rows of several points share that
 * distance, so that all of it lies in few pages. Points are a cache line more than a round number
 * apart, else all points of a tile would compete for the same lines of the cache.
 */
final class TileBuffers {

  private final int tiles;
  private final int sliceSize;
  private final int inputSize;
  private final int productRow;
  private final int[] inputPointAt;

  /**
   * Buffers.
   *
   * @param winograd gives the points
   * @param tiles how many tiles, a multiple of {@link MicroKernel#ROWS}
   * @param depth channels of the input
   * @param columns channels of the products that are held at a time
   */
  TileBuffers(Winograd winograd, int tiles, int depth, int columns) {
    this.tiles = tiles;
    int blocks = Layout.blocks(depth);
    int points = winograd.points();
    int width = Math.min(blocks, PointMatrices.SLICE_BLOCKS) * Layout.BLOCK;
    int sharing = pointsSharingARow(winograd.in(), width);
    int groupSize = tiles * MicroKernel.A_STRIDE + Layout.BLOCK;
    inputPointAt = new int[points];
    for (int point = 0; point < points; point++) {
      inputPointAt[point] = point / sharing * groupSize + point % sharing * width;
    }
    sliceSize = points / sharing * groupSize;
    inputSize = Layout.chunks(blocks, PointMatrices.SLICE_BLOCKS) * sliceSize;
    productRow = PackedMatrix.panels(columns) * MicroKernel.COLUMNS + Layout.BLOCK;
  }

  /** A divisor of the points in a row, so that the rows of points are in equal steps. */
  private static int pointsSharingARow(int points, int width) {
    int count = points;
    while (points % count != 0 || count * width > MicroKernel.MAX_DEPTH) {
      count--;
    }
    return count;
  }

  /** Returns the numbers of the whole. */
  long size() {
    return inputSize + (long) inputPointAt.length * productPointStep();
  }

  /** Returns what {@link #inputAt} adds for each point. */
  int[] inputPointAt() {
    return inputPointAt;
  }

  /** Returns where a block of channels of a tile's transformed input lies at point 0. */
  int inputAt(int tile, int block) {
    int slice = block / PointMatrices.SLICE_BLOCKS;
    return slice * sliceSize
        + tile * MicroKernel.A_STRIDE
        + (block - slice * PointMatrices.SLICE_BLOCKS) * Layout.BLOCK;
  }

  /** Returns where a column of a tile's products lies at point 0. */
  int productAt(int tile, int column) {
    return inputSize + tile * productRow + column;
  }

  /** Returns the numbers from a tile's products to those of the next tile. */
  int productRow() {
    return productRow;
  }

  /** Returns the numbers from one point of the products to the next. */
  int productPointStep() {
    return tiles * productRow + Layout.BLOCK;
  }
}
