package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * How pictures are cut into tiles of 4x4 output pixels, row by row, picture after picture; the last
 * tiles of a row and of a picture may reach beyond it.
 *
 * @param pictures number of pictures
 * @param height pixels of a column
 * @param width pixels of a row
 */
record TileGrid(int pictures, int height, int width) {

  static TileGrid of(Shape shape) {
    return new TileGrid(shape.n(), shape.h(), shape.w());
  }

  int tiles() {
    return pictures * tilesOfPicture();
  }

  int picture(int tile) {
    return tile / tilesOfPicture();
  }

  /** Returns the row of a tile's first output pixel. */
  int row(int tile) {
    return tile % tilesOfPicture() / across() * Winograd.OUT;
  }

  /** Returns the column of a tile's first output pixel. */
  int column(int tile) {
    return tile % across() * Winograd.OUT;
  }

  /** Returns whether the input tile, one pixel larger at each side, lies inside of the picture. */
  boolean holdsInput(int row, int column) {
    return row > 0 && column > 0 && row + Winograd.OUT < height && column + Winograd.OUT < width;
  }

  /** Returns whether the output tile lies inside of the picture. */
  boolean holdsOutput(int row, int column) {
    return row + Winograd.OUT <= height && column + Winograd.OUT <= width;
  }

  private int across() {
    return Layout.chunks(width, Winograd.OUT);
  }

  private int tilesOfPicture() {
    return Layout.chunks(height, Winograd.OUT) * across();
  }
}
