package dev.nst.cpu.vector;

/** Where the output tiles of a convolution go. */
interface TileSink {

  /** Returns the map itself, if tiles inside of the picture may be written to it, or null. */
  float[] map();

  /**
   * Takes a tile, of which only the pixels inside of the picture count.
   *
   * @param n the picture
   * @param block the block of channels
   * @param row row of the tile's first pixel, an even number
   * @param column column of the tile's first pixel, an even number
   * @param tile the pixels, {@code [side, side, 16]} from {@code from}
   * @param side pixels of the tile's side, an even number
   */
  void store(int n, int block, int row, int column, float[] tile, int from, int side);
}
