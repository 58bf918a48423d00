package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * How pictures are cut into square tiles of output pixels, row by row, picture after picture; the
 * last tiles of a row and of a picture may reach beyond it.
 *
 * @param pictures number of pictures
 * @param height pixels of a column
 * @param width pixels of a row
 * @param out pixels of a tile's side
 */
record TileGrid(int pictures, int height, int width, int out) {

  static TileGrid of(Shape shape, Winograd winograd) {
    return new TileGrid(shape.n(), shape.h(), shape.w(), winograd.out());
  }

  int tiles() {
    return pictures * tilesOfPicture();
  }

  int picture(int tile) {
    return tile / tilesOfPicture();
  }

  /** Returns the row of a tile's first output pixel. */
  int row(int tile) {
    return tile % tilesOfPicture() / across() * out;
  }

  /** Returns the column of a tile's first output pixel. */
  int column(int tile) {
    return tile % across() * out;
  }

  /**
   * Returns how many tiles follow each other in a row, from {@code tile} to {@code end} at most.
   */
  int inOneRow(int tile, int end) {
    return Math.min(end - tile, across() - tile % across());
  }

  /** Returns whether the input of {@code count} tiles of a row lies inside of the picture. */
  boolean holdsInput(int row, int column, int count) {
    return row > 0 && column > 0 && row + out < height && column + count * out < width;
  }

  /** Returns whether the output tile lies inside of the picture. */
  boolean holdsOutput(int row, int column) {
    return row + out <= height && column + out <= width;
  }

  private int across() {
    return Layout.chunks(width, out);
  }

  private int tilesOfPicture() {
    return Layout.chunks(height, out) * across();
  }
}
