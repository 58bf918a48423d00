package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * What the tiles of a convolution are read from: bands of one block of channels, as high as an
 * input tile and as wide as some tiles side by side, with what lies beyond the picture as zeros.
 *
 * <p>A staged band begins two pixels above and left of the first output pixel, though tiles need
 * one: 2x2 pooling windows then lie in it whole. Only the pixels that tiles need must be written.
 */
interface TileSource {

  /** Pixels that a band begins before the first output pixel, in each direction. */
  int MARGIN = 2;

  /** Shape of the map that is convolved. */
  Shape shape();

  /** Returns the map itself, if bands inside of the picture may be read from it, or null. */
  float[] map();

  /**
   * Writes a band.
   *
   * @param n the picture
   * @param block the block of channels
   * @param row row of the first output pixel, an even number
   * @param column column of the first output pixel, an even number
   * @param band destination, {@code [height + 2 MARGIN, width + 2 MARGIN, 16]} from {@code to}
   * @param height output pixels of a tile's column, an even number
   * @param width output pixels of the band's row, an even number
   */
  void stage(int n, int block, int row, int column, float[] band, int to, int height, int width);
}
