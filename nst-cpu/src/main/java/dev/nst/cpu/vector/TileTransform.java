package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The transforms {@code Bt d B} and {@code At m A} of {@link Winograd} for one tile of one block of
 * channels, a vector holding neighbouring channels. Both transform lines in one direction into
 * {@link #STAGE} numbers of working space and from there lines in the other.
 */
final class TileTransform {

  /** Numbers of working space that a transform needs. */
  static final int STAGE = Winograd.POINTS * Layout.BLOCK;

  private static final int STAGE_LINE = Winograd.IN * Layout.BLOCK;

  private static final float A = (float) Math.sqrt(0.5);
  private static final float B = (float) Math.sqrt(2);

  private TileTransform() {}

  /**
   * Transforms a tile of the input.
   *
   * @param x features
   * @param mask features that lie as x does: where they are not above 0, x counts as 0; or null
   * @param at index in x of the tile's pixel (0, 0)
   * @param pixelStep numbers from one pixel to the next of its row
   * @param rowStep numbers from one row to the next
   * @param v where the points go
   * @param to index in v of a point at 0
   * @param pointAt what to add for each point, in equal steps from one row of points to the next
   */
  static void input(
      float[] x,
      float[] mask,
      int at,
      int pixelStep,
      int rowStep,
      float[] stage,
      int stageAt,
      float[] v,
      int to,
      int[] pointAt) {
    int pointStep = pointAt[Winograd.IN] - pointAt[0];
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      for (int i = 0; i < Winograd.IN; i++) {
        int from = at + i * rowStep + lane;
        int line = stageAt + i * Layout.BLOCK + lane;
        if (mask == null) {
          inputLine(x, from, pixelStep, stage, line, STAGE_LINE);
        } else {
          maskedInputLine(x, mask, from, pixelStep, stage, line);
        }
      }
      for (int j = 0; j < Winograd.IN; j++) {
        int line = stageAt + j * STAGE_LINE + lane;
        inputLine(stage, line, Layout.BLOCK, v, to + pointAt[j] + lane, pointStep);
      }
    }
  }

  /** Multiplies Bt with six vectors. */
  private static void inputLine(float[] x, int at, int step, float[] out, int to, int outStep) {
    FloatVector d0 = FloatVector.fromArray(FLOATS, x, at);
    FloatVector d1 = FloatVector.fromArray(FLOATS, x, at + step);
    FloatVector d2 = FloatVector.fromArray(FLOATS, x, at + 2 * step);
    FloatVector d3 = FloatVector.fromArray(FLOATS, x, at + 3 * step);
    FloatVector d4 = FloatVector.fromArray(FLOATS, x, at + 4 * step);
    FloatVector d5 = FloatVector.fromArray(FLOATS, x, at + 5 * step);
    FloatVector evenA = d2.fma(FloatVector.broadcast(FLOATS, -2f), d4);
    FloatVector evenB = d2.fma(FloatVector.broadcast(FLOATS, -0.5f), d4);
    FloatVector oddA =
        d3.fma(FloatVector.broadcast(FLOATS, A), d1.mul(FloatVector.broadcast(FLOATS, -B)));
    FloatVector oddB =
        d3.fma(FloatVector.broadcast(FLOATS, B), d1.mul(FloatVector.broadcast(FLOATS, -A)));
    FloatVector centre = FloatVector.broadcast(FLOATS, -2.5f);
    d2.fma(centre, d0.add(d4)).intoArray(out, to);
    evenA.add(oddA).intoArray(out, to + outStep);
    evenA.sub(oddA).intoArray(out, to + 2 * outStep);
    evenB.add(oddB).intoArray(out, to + 3 * outStep);
    evenB.sub(oddB).intoArray(out, to + 4 * outStep);
    d3.fma(centre, d1.add(d5)).intoArray(out, to + 5 * outStep);
  }

  /** The same, where x counts as 0 unless the mask is above 0. */
  private static void maskedInputLine(
      float[] x, float[] mask, int at, int step, float[] out, int to) {
    FloatVector d0 = masked(x, mask, at);
    FloatVector d1 = masked(x, mask, at + step);
    FloatVector d2 = masked(x, mask, at + 2 * step);
    FloatVector d3 = masked(x, mask, at + 3 * step);
    FloatVector d4 = masked(x, mask, at + 4 * step);
    FloatVector d5 = masked(x, mask, at + 5 * step);
    FloatVector evenA = d2.fma(FloatVector.broadcast(FLOATS, -2f), d4);
    FloatVector evenB = d2.fma(FloatVector.broadcast(FLOATS, -0.5f), d4);
    FloatVector oddA =
        d3.fma(FloatVector.broadcast(FLOATS, A), d1.mul(FloatVector.broadcast(FLOATS, -B)));
    FloatVector oddB =
        d3.fma(FloatVector.broadcast(FLOATS, B), d1.mul(FloatVector.broadcast(FLOATS, -A)));
    FloatVector centre = FloatVector.broadcast(FLOATS, -2.5f);
    d2.fma(centre, d0.add(d4)).intoArray(out, to);
    evenA.add(oddA).intoArray(out, to + STAGE_LINE);
    evenA.sub(oddA).intoArray(out, to + 2 * STAGE_LINE);
    evenB.add(oddB).intoArray(out, to + 3 * STAGE_LINE);
    evenB.sub(oddB).intoArray(out, to + 4 * STAGE_LINE);
    d3.fma(centre, d1.add(d5)).intoArray(out, to + 5 * STAGE_LINE);
  }

  private static FloatVector masked(float[] x, float[] mask, int at) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector m = FloatVector.fromArray(FLOATS, mask, at);
    return zero.blend(FloatVector.fromArray(FLOATS, x, at), m.compare(VectorOperators.GT, zero));
  }

  /**
   * Copies a tile of which parts lie outside of the picture, where it is zero.
   *
   * @param plane index in x of the plane's pixel (0, 0)
   * @param row row of the tile's pixel (0, 0), may be -1
   * @param column column of the tile's pixel (0, 0), may be -1
   * @param tile destination, {@code [6, 6, 16]} from {@code to}
   */
  static void copyEdge(
      float[] x,
      float[] mask,
      int plane,
      int height,
      int width,
      int row,
      int column,
      float[] tile,
      int to) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = 0; i < Winograd.IN; i++) {
      for (int j = 0; j < Winograd.IN; j++) {
        int r = row + i;
        int c = column + j;
        boolean inside = r >= 0 && r < height && c >= 0 && c < width;
        int from = plane + (r * width + c) * Layout.BLOCK;
        int at = to + (i * Winograd.IN + j) * Layout.BLOCK;
        for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
          FloatVector value = zero;
          if (inside) {
            value =
                mask == null
                    ? FloatVector.fromArray(FLOATS, x, from + lane)
                    : masked(x, mask, from + lane);
          }
          value.intoArray(tile, at + lane);
        }
      }
    }
  }

  /**
   * Transforms the products of a tile into 4x4 pixels: {@code y = max(At m A + bias, floor)}.
   *
   * @param m products
   * @param at index in m of point 0
   * @param pointStep numbers from one point to the next
   * @param bias from {@code biasAt} a number for each channel
   * @param floor 0 for a ReLU, minus infinity for none; NaN stays NaN
   * @param y where the pixels go
   * @param to index in y of the tile's pixel (0, 0)
   */
  static void output(
      float[] m,
      int at,
      int pointStep,
      float[] stage,
      int stageAt,
      float[] bias,
      int biasAt,
      float floor,
      float[] y,
      int to,
      int pixelStep,
      int rowStep) {
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      for (int i = 0; i < Winograd.IN; i++) {
        int line = stageAt + i * Layout.BLOCK + lane;
        outputLine(m, at + i * Winograd.IN * pointStep + lane, pointStep, stage, line);
      }
      FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasAt + lane);
      for (int j = 0; j < Winograd.OUT; j++) {
        int line = stageAt + j * STAGE_LINE + lane;
        lastOutputLine(stage, line, offset, floor, y, to + j * pixelStep + lane, rowStep);
      }
    }
  }

  /** Multiplies At with six vectors. */
  private static void outputLine(float[] m, int at, int step, float[] out, int to) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, m, at);
    FloatVector m1 = FloatVector.fromArray(FLOATS, m, at + step);
    FloatVector m2 = FloatVector.fromArray(FLOATS, m, at + 2 * step);
    FloatVector m3 = FloatVector.fromArray(FLOATS, m, at + 3 * step);
    FloatVector m4 = FloatVector.fromArray(FLOATS, m, at + 4 * step);
    FloatVector m5 = FloatVector.fromArray(FLOATS, m, at + 5 * step);
    FloatVector evenA = m1.add(m2);
    FloatVector evenB = m3.add(m4);
    FloatVector oddA = m1.sub(m2).mul(FloatVector.broadcast(FLOATS, A));
    FloatVector oddB = m3.sub(m4).mul(FloatVector.broadcast(FLOATS, B));
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector two = FloatVector.broadcast(FLOATS, 2f);
    m0.add(evenA.add(evenB)).intoArray(out, to);
    oddA.add(oddB).intoArray(out, to + STAGE_LINE);
    evenA.fma(half, evenB.mul(two)).intoArray(out, to + 2 * STAGE_LINE);
    oddA.fma(half, oddB.fma(two, m5)).intoArray(out, to + 3 * STAGE_LINE);
  }

  /** The same, with the bias and the ReLU. */
  private static void lastOutputLine(
      float[] m, int at, FloatVector bias, float floor, float[] y, int to, int rowStep) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, m, at);
    FloatVector m1 = FloatVector.fromArray(FLOATS, m, at + Layout.BLOCK);
    FloatVector m2 = FloatVector.fromArray(FLOATS, m, at + 2 * Layout.BLOCK);
    FloatVector m3 = FloatVector.fromArray(FLOATS, m, at + 3 * Layout.BLOCK);
    FloatVector m4 = FloatVector.fromArray(FLOATS, m, at + 4 * Layout.BLOCK);
    FloatVector m5 = FloatVector.fromArray(FLOATS, m, at + 5 * Layout.BLOCK);
    FloatVector evenA = m1.add(m2);
    FloatVector evenB = m3.add(m4);
    FloatVector oddA = m1.sub(m2).mul(FloatVector.broadcast(FLOATS, A));
    FloatVector oddB = m3.sub(m4).mul(FloatVector.broadcast(FLOATS, B));
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector two = FloatVector.broadcast(FLOATS, 2f);
    FloatVector least = FloatVector.broadcast(FLOATS, floor);
    m0.add(evenA.add(evenB)).add(bias).max(least).intoArray(y, to);
    oddA.add(oddB).add(bias).max(least).intoArray(y, to + rowStep);
    evenA.fma(half, evenB.mul(two)).add(bias).max(least).intoArray(y, to + 2 * rowStep);
    oddA.fma(half, oddB.fma(two, m5)).add(bias).max(least).intoArray(y, to + 3 * rowStep);
  }

  /**
   * Copies those pixels of a tile {@code [4, 4, 16]} that lie inside of the picture.
   *
   * @param plane index in y of the plane's pixel (0, 0)
   * @param row row of the tile's pixel (0, 0)
   * @param column column of the tile's pixel (0, 0)
   */
  static void storeEdge(
      float[] tile, int from, float[] y, int plane, int height, int width, int row, int column) {
    int rows = Math.min(Winograd.OUT, height - row);
    int numbers = Math.min(Winograd.OUT, width - column) * Layout.BLOCK;
    for (int i = 0; i < rows; i++) {
      int to = plane + ((row + i) * width + column) * Layout.BLOCK;
      System.arraycopy(tile, from + i * Winograd.OUT * Layout.BLOCK, y, to, numbers);
    }
  }
}
