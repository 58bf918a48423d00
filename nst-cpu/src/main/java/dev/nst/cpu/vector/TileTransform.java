package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import java.util.Arrays;
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
   * @param at index in x of the tile's pixel (0, 0)
   * @param rowStep numbers from one row to the next
   * @param v where the points go
   * @param to index in v of a point at 0
   * @param pointAt what to add for each point, in equal steps from one row of points to the next
   */
  static void input(
      float[] x,
      int at,
      int rowStep,
      float[] stage,
      int stageAt,
      float[] v,
      int to,
      int[] pointAt) {
    int pointStep = pointAt[Winograd.IN] - pointAt[0];
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      for (int i = 0; i < Winograd.IN; i++) {
        int line = stageAt + i * Layout.BLOCK + lane;
        inputLine(x, at + i * rowStep + lane, stage, line, STAGE_LINE);
      }
      for (int j = 0; j < Winograd.IN; j++) {
        inputLine(stage, stageAt + j * STAGE_LINE + lane, v, to + pointAt[j] + lane, pointStep);
      }
    }
  }

  /** Multiplies Bt with six vectors, a block apart. */
  private static void inputLine(float[] x, int at, float[] out, int to, int outStep) {
    FloatVector d0 = FloatVector.fromArray(FLOATS, x, at);
    FloatVector d1 = FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK);
    FloatVector d2 = FloatVector.fromArray(FLOATS, x, at + 2 * Layout.BLOCK);
    FloatVector d3 = FloatVector.fromArray(FLOATS, x, at + 3 * Layout.BLOCK);
    FloatVector d4 = FloatVector.fromArray(FLOATS, x, at + 4 * Layout.BLOCK);
    FloatVector d5 = FloatVector.fromArray(FLOATS, x, at + 5 * Layout.BLOCK);
    FloatVector a = FloatVector.broadcast(FLOATS, A);
    FloatVector minusB = FloatVector.broadcast(FLOATS, -B);
    FloatVector minusTwo = FloatVector.broadcast(FLOATS, -2);
    FloatVector centre = FloatVector.broadcast(FLOATS, -2.5f);
    FloatVector evenA = d2.fma(minusTwo, d4);
    FloatVector oddA = d3.fma(a, d1.mul(minusB));
    FloatVector evenB = d2.fma(a, d4.mul(minusB));
    FloatVector oddB = d3.fma(minusTwo, d1);
    d2.fma(centre, d0.add(d4)).intoArray(out, to);
    evenA.add(oddA).intoArray(out, to + outStep);
    evenA.sub(oddA).intoArray(out, to + 2 * outStep);
    oddB.add(evenB).intoArray(out, to + 3 * outStep);
    oddB.sub(evenB).intoArray(out, to + 4 * outStep);
    d3.fma(centre, d1.add(d5)).intoArray(out, to + 5 * outStep);
  }

  /**
   * Copies a tile, with zeros where the mask is not above 0.
   *
   * @param at index in x and in mask of the tile's pixel (0, 0)
   * @param tile destination, {@code [6, 6, 16]} from {@code to}
   */
  static void copyMasked(float[] x, float[] mask, int at, int rowStep, float[] tile, int to) {
    for (int i = 0; i < Winograd.IN; i++) {
      copyMaskedRow(x, mask, at + i * rowStep, tile, to + i * STAGE_LINE, STAGE_LINE);
    }
  }

  private static void copyMaskedRow(
      float[] x, float[] mask, int from, float[] tile, int to, int numbers) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int k = 0; k < numbers; k += LANES) {
      FloatVector m = FloatVector.fromArray(FLOATS, mask, from + k);
      zero.blend(FloatVector.fromArray(FLOATS, x, from + k), m.compare(VectorOperators.GT, zero))
          .intoArray(tile, to + k);
    }
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
    int first = Math.max(0, -column) * Layout.BLOCK;
    int end = Math.min(Winograd.IN, width - column) * Layout.BLOCK;
    for (int i = 0; i < Winograd.IN; i++) {
      int r = row + i;
      int line = to + i * STAGE_LINE;
      if (r < 0 || r >= height) {
        Arrays.fill(tile, line, line + STAGE_LINE, 0);
        continue;
      }
      int from = plane + (r * width + column) * Layout.BLOCK;
      Arrays.fill(tile, line, line + first, 0);
      if (mask == null) {
        System.arraycopy(x, from + first, tile, line + first, end - first);
      } else {
        copyMaskedRow(x, mask, from + first, tile, line + first, end - first);
      }
      Arrays.fill(tile, line + end, line + STAGE_LINE, 0);
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
   * @param rowStep numbers from one row of y to the next
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
      int rowStep) {
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      for (int i = 0; i < Winograd.IN; i++) {
        int line = stageAt + i * Layout.BLOCK + lane;
        outputLine(m, at + i * Winograd.IN * pointStep + lane, pointStep, stage, line);
      }
      for (int j = 0; j < Winograd.OUT; j++) {
        int line = stageAt + j * STAGE_LINE + lane;
        int pixel = to + j * Layout.BLOCK + lane;
        lastOutputLine(stage, line, bias, biasAt + lane, floor, y, pixel, rowStep);
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
    FloatVector oddA = m1.sub(m2);
    FloatVector evenB = m3.add(m4);
    FloatVector oddB = m3.sub(m4);
    FloatVector a = FloatVector.broadcast(FLOATS, A);
    FloatVector halfA = FloatVector.broadcast(FLOATS, A / 2);
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    oddB.fma(halfA, m0.add(evenA)).intoArray(out, to);
    oddA.fma(a, evenB.mul(half)).intoArray(out, to + STAGE_LINE);
    oddB.fma(a, evenA.mul(half)).intoArray(out, to + 2 * STAGE_LINE);
    oddA.fma(halfA, m5.add(evenB)).intoArray(out, to + 3 * STAGE_LINE);
  }

  /** The same, with the bias and the ReLU. Vectors as parameters could end up on the heap. */
  private static void lastOutputLine(
      float[] m, int at, float[] bias, int biasAt, float floor, float[] y, int to, int rowStep) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, m, at);
    FloatVector m1 = FloatVector.fromArray(FLOATS, m, at + Layout.BLOCK);
    FloatVector m2 = FloatVector.fromArray(FLOATS, m, at + 2 * Layout.BLOCK);
    FloatVector m3 = FloatVector.fromArray(FLOATS, m, at + 3 * Layout.BLOCK);
    FloatVector m4 = FloatVector.fromArray(FLOATS, m, at + 4 * Layout.BLOCK);
    FloatVector m5 = FloatVector.fromArray(FLOATS, m, at + 5 * Layout.BLOCK);
    FloatVector evenA = m1.add(m2);
    FloatVector oddA = m1.sub(m2);
    FloatVector evenB = m3.add(m4);
    FloatVector oddB = m3.sub(m4);
    FloatVector a = FloatVector.broadcast(FLOATS, A);
    FloatVector halfA = FloatVector.broadcast(FLOATS, A / 2);
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector least = FloatVector.broadcast(FLOATS, floor);
    oddB.fma(halfA, m0.add(evenA)).add(offset).max(least).intoArray(y, to);
    oddA.fma(a, evenB.mul(half)).add(offset).max(least).intoArray(y, to + rowStep);
    oddB.fma(a, evenA.mul(half)).add(offset).max(least).intoArray(y, to + 2 * rowStep);
    oddA.fma(halfA, m5.add(evenB)).add(offset).max(least).intoArray(y, to + 3 * rowStep);
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
