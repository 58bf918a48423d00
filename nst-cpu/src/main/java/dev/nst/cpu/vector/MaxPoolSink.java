package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.tensor.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The 2x2 max-pooling of a feature map after its ReLU, without the map: the largest number of each
 * window, and which one it was. These switches (Zeiler and Fergus 2014) count 0 to 3 in row-major
 * order, the first of several equal ones; {@value #NONE} stands where nothing is above 0, so that
 * the ReLU lets no gradient pass, and where one is NaN.
 *
 * @param pooled the largest numbers times {@code scale}
 * @param switches as large as {@code pooled}
 * @param shape of the pooled map
 */
record MaxPoolSink(float[] pooled, float[] switches, float scale, Shape shape) implements TileSink {

  private static final float NONE = -1;

  @Override
  public float[] map() {
    return null;
  }

  @Override
  public void store(int n, int block, int row, int column, float[] tile, int from, int side) {
    int plane = Layout.OFFSET + n * Layout.pictureSize(shape) + block * Layout.planeSize(shape);
    int down = side * Layout.BLOCK;
    int rows = Math.min(side / 2, shape.h() - row / 2);
    int columns = Math.min(side / 2, shape.w() - column / 2);
    for (int i = 0; i < rows; i++) {
      int to = plane + ((row / 2 + i) * shape.w() + column / 2) * Layout.BLOCK;
      for (int j = 0; j < columns; j++) {
        pool(tile, from + 2 * (i * down + j * Layout.BLOCK), down, to + j * Layout.BLOCK);
      }
    }
  }

  private void pool(float[] tile, int from, int down, int to) {
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      int at = from + lane;
      FloatVector x0 = FloatVector.fromArray(FLOATS, tile, at);
      FloatVector x1 = FloatVector.fromArray(FLOATS, tile, at + Layout.BLOCK);
      FloatVector x2 = FloatVector.fromArray(FLOATS, tile, at + down);
      FloatVector x3 = FloatVector.fromArray(FLOATS, tile, at + down + Layout.BLOCK);
      FloatVector best = x0.max(x1).max(x2.max(x3));
      VectorMask<Float> passes = best.compare(VectorOperators.GT, 0);
      FloatVector which =
          FloatVector.broadcast(FLOATS, 3)
              .blend(2, x2.compare(VectorOperators.EQ, best))
              .blend(1, x1.compare(VectorOperators.EQ, best))
              .blend(0, x0.compare(VectorOperators.EQ, best))
              .blend(NONE, passes.not());
      best.mul(scale).intoArray(pooled, to + lane);
      which.intoArray(switches, to + lane);
    }
  }
}
