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
  private final int sliceWidth;
  private final int sliceSize;
  private final int inputSize;
  private final int productRow;
  private final int[] inputPointAt = new int[Winograd.POINTS];

  /**
   * Buffers.
   *
   * @param tiles how many tiles, a multiple of {@link MicroKernel#ROWS}
   * @param depth channels of the input
   * @param panels panels of the output's channels
   */
  TileBuffers(int tiles, int depth, int panels) {
    this.tiles = tiles;
    int blocks = Layout.blocks(depth);
    sliceWidth = Math.min(blocks, PointMatrices.SLICE_BLOCKS) * Layout.BLOCK;
    int sharing = pointsSharingARow(sliceWidth);
    int groupSize = tiles * MicroKernel.A_STRIDE + Layout.BLOCK;
    for (int point = 0; point < Winograd.POINTS; point++) {
      inputPointAt[point] = point / sharing * groupSize + point % sharing * sliceWidth;
    }
    sliceSize = Winograd.POINTS / sharing * groupSize;
    inputSize = Layout.chunks(blocks, PointMatrices.SLICE_BLOCKS) * sliceSize;
    productRow = panels * MicroKernel.COLUMNS + Layout.BLOCK;
  }

  /** A divisor of 6, so that the rows of points are in equal steps. */
  private static int pointsSharingARow(int width) {
    for (int count : new int[] {6, 3, 2}) {
      if (count * width <= MicroKernel.MAX_DEPTH) {
        return count;
      }
    }
    return 1;
  }

  int tiles() {
    return tiles;
  }

  /** Returns the numbers of the whole. */
  long size() {
    return inputSize + (long) Winograd.POINTS * productPointStep();
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
