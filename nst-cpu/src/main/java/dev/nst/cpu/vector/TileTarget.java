package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * Where a product's rows and columns lie in memory: row r, column n at {@code base + r * rowStride
 * + n / 16 * blockStride + n % 16 * laneStride}.
 *
 * @param data destination
 * @param base index of row 0, column 0
 * @param rowStride numbers from one row to the next
 * @param blockStride numbers from one block of 16 columns to the next
 * @param laneStride numbers from one column of a block to the next
 * @param columns columns that there is room for; the last may be a blocked tensor's idle lanes
 */
record TileTarget(
    float[] data, int base, int rowStride, int blockStride, int laneStride, int columns) {

  /** Rows are the pixels of picture {@code n}, columns its channels. */
  static TileTarget pixels(float[] data, Shape shape, int n) {
    int base = Layout.OFFSET + n * Layout.pictureSize(shape);
    int planeSize = Layout.planeSize(shape);
    return Layout.isBlocked(shape)
        ? new TileTarget(
            data, base, Layout.BLOCK, planeSize, 1, Layout.blocks(shape.c()) * Layout.BLOCK)
        : new TileTarget(data, base, 1, Layout.BLOCK * planeSize, planeSize, shape.c());
  }

  /** A row-major matrix of {@code columns} columns. */
  static TileTarget matrix(float[] data, int base, int columns) {
    return new TileTarget(data, base, columns, Layout.BLOCK, 1, columns);
  }

  /** Returns whether the kernel's tile that starts at a column can be stored as whole vectors. */
  boolean takesVectors(int column) {
    return laneStride == 1 && column + MicroKernel.COLUMNS <= columns;
  }

  int at(int row, int column) {
    return base
        + row * rowStride
        + column / Layout.BLOCK * blockStride
        + column % Layout.BLOCK * laneStride;
  }

  /**
   * Stores the part of a kernel's tile that there is room for.
   *
   * @param tile rows of {@link MicroKernel#COLUMNS} numbers, from {@code from}
   * @param row the tile's first row
   * @param rows how many of its rows exist
   * @param column the tile's first column
   * @param add whether to add to what is there
   */
  void store(float[] tile, int from, int row, int rows, int column, boolean add) {
    int end = Math.min(MicroKernel.COLUMNS, columns - column);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < end; j++) {
        int at = at(row + i, column + j);
        float value = tile[from + i * MicroKernel.COLUMNS + j];
        data[at] = add ? value + data[at] : value;
      }
    }
  }
}
