package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * A feature map.
 *
 * @param map the numbers
 * @param shape its shape
 */
record MapSink(float[] map, Shape shape) implements TileSink {

  @Override
  public void store(int n, int block, int row, int column, float[] tile, int from, int side) {
    int plane = Layout.OFFSET + n * Layout.pictureSize(shape) + block * Layout.planeSize(shape);
    int rows = Math.min(side, shape.h() - row);
    int numbers = Math.min(side, shape.w() - column) * Layout.BLOCK;
    for (int i = 0; i < rows; i++) {
      int to = plane + ((row + i) * shape.w() + column) * Layout.BLOCK;
      System.arraycopy(tile, from + i * side * Layout.BLOCK, map, to, numbers);
    }
  }
}
