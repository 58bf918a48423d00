package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.tensor.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The gradient of a feature map before its ReLU and 2x2 max-pooling: each window's gradient stands
 * at the pixel that its switch names, see {@link MaxPoolSink}.
 *
 * @param gradient of the pooled map
 * @param switches which pixel of each window was the largest
 * @param scale factor of the pooling
 * @param pooled shape of the pooled map
 * @param shape of the map before the pooling
 */
record PooledSource(float[] gradient, float[] switches, float scale, Shape pooled, Shape shape)
    implements TileSource {

  @Override
  public float[] map() {
    return null;
  }

  @Override
  public void stage(
      int n, int block, int row, int column, float[] band, int to, int height, int width) {
    int rowNumbers = (width + 2 * MARGIN) * Layout.BLOCK;
    int plane = Layout.OFFSET + n * Layout.pictureSize(pooled) + block * Layout.planeSize(pooled);
    int windows = width / 2 + MARGIN;
    int firstWindow = column / 2 - 1;
    int first = Math.max(0, -firstWindow);
    int end = Math.max(first, Math.min(windows, pooled.w() - firstWindow));
    for (int i = 0; i < height / 2 + MARGIN; i++) {
      int r = row / 2 - 1 + i;
      int line = to + 2 * i * rowNumbers;
      if (r < 0 || r >= pooled.h()) {
        Arrays.fill(band, line, line + 2 * rowNumbers, 0);
        continue;
      }
      int from = plane + (r * pooled.w() + firstWindow) * Layout.BLOCK;
      int wide = 2 * Layout.BLOCK;
      for (int down = 0; down <= rowNumbers; down += rowNumbers) {
        Arrays.fill(band, line + down, line + down + first * wide, 0);
        Arrays.fill(band, line + down + end * wide, line + down + rowNumbers, 0);
      }
      for (int j = first; j < end; j++) {
        spread(from + j * Layout.BLOCK, band, line + j * wide, rowNumbers);
      }
    }
  }

  private void spread(int from, float[] band, int to, int down) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      FloatVector g = FloatVector.fromArray(FLOATS, gradient, from + lane).mul(scale);
      FloatVector which = FloatVector.fromArray(FLOATS, switches, from + lane);
      int at = to + lane;
      zero.blend(g, which.compare(VectorOperators.EQ, 0)).intoArray(band, at);
      zero.blend(g, which.compare(VectorOperators.EQ, 1)).intoArray(band, at + Layout.BLOCK);
      zero.blend(g, which.compare(VectorOperators.EQ, 2)).intoArray(band, at + down);
      zero.blend(g, which.compare(VectorOperators.EQ, 3)).intoArray(band, at + down + Layout.BLOCK);
    }
  }
}
