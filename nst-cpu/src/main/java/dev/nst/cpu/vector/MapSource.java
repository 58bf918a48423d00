package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;
import java.util.Arrays;

/**
 * A feature map, or the gradient of one before its ReLU.
 *
 * @param x the map
 * @param mask features of x's shape: where they are not above 0, x counts as 0; or null
 * @param shape of x
 */
record MapSource(float[] x, float[] mask, Shape shape) implements TileSource {

  @Override
  public float[] map() {
    return mask == null ? x : null;
  }

  @Override
  public void stage(
      int n, int block, int row, int column, float[] band, int to, int height, int width) {
    int rowNumbers = (width + 2 * MARGIN) * Layout.BLOCK;
    int plane = Layout.OFFSET + n * Layout.pictureSize(shape) + block * Layout.planeSize(shape);
    int first = Math.max(0, 1 - column);
    int end = Math.min(width + 2, shape.w() - column + 1);
    for (int i = 0; i < height + 2; i++) {
      int r = row - 1 + i;
      int line = to + (i + 1) * rowNumbers + Layout.BLOCK;
      int lineEnd = line + (width + 2) * Layout.BLOCK;
      if (r < 0 || r >= shape.h()) {
        Arrays.fill(band, line, lineEnd, 0);
        continue;
      }
      int from = plane + (r * shape.w() + column - 1 + first) * Layout.BLOCK;
      int copy = line + first * Layout.BLOCK;
      int numbers = (end - first) * Layout.BLOCK;
      Arrays.fill(band, line, copy, 0);
      if (mask == null) {
        System.arraycopy(x, from, band, copy, numbers);
      } else {
        Elementwise.copyMasked(band, copy, x, mask, from, numbers);
      }
      Arrays.fill(band, copy + numbers, lineEnd, 0);
    }
  }
}
