package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link TileTransform} of {@link Winograd#F4}. */
final class TileTransform4 implements TileTransform {

  private static final int OUT = 4;
  private static final int IN = 6;
  private static final int STAGE_LINE = IN * Layout.BLOCK;

  private static final float A = (float) Math.sqrt(0.5);
  private static final float B = (float) Math.sqrt(2);

  @Override
  public void input(
      float[] x,
      int at,
      int rowStep,
      float[] stage,
      int stageAt,
      float[] v,
      int to,
      int[] pointAt) {
    int pointStep = pointAt[IN] - pointAt[0];
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      for (int i = 0; i < IN; i++) {
        int line = stageAt + i * Layout.BLOCK + lane;
        inputLine(x, at + i * rowStep + lane, stage, line, STAGE_LINE);
      }
      for (int j = 0; j < IN; j++) {
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

  @Override
  public void output(
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
      outputLines(m, at + lane, pointStep, stage, stageAt + lane);
      lastOutputLines(stage, stageAt + lane, bias, biasAt + lane, floor, y, to + lane, rowStep);
    }
  }

  /** Multiplies At with lines of six vectors. */
  private static void outputLines(float[] m, int at, int step, float[] out, int to) {
    FloatVector a = FloatVector.broadcast(FLOATS, A);
    FloatVector halfA = FloatVector.broadcast(FLOATS, A / 2);
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    for (int i = 0; i < IN; i++) {
      int from = at + i * IN * step;
      int line = to + i * Layout.BLOCK;
      FloatVector m0 = FloatVector.fromArray(FLOATS, m, from);
      FloatVector m1 = FloatVector.fromArray(FLOATS, m, from + step);
      FloatVector m2 = FloatVector.fromArray(FLOATS, m, from + 2 * step);
      FloatVector m3 = FloatVector.fromArray(FLOATS, m, from + 3 * step);
      FloatVector m4 = FloatVector.fromArray(FLOATS, m, from + 4 * step);
      FloatVector m5 = FloatVector.fromArray(FLOATS, m, from + 5 * step);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      oddB.fma(halfA, m0.add(evenA)).intoArray(out, line);
      oddA.fma(a, evenB.mul(half)).intoArray(out, line + STAGE_LINE);
      oddB.fma(a, evenA.mul(half)).intoArray(out, line + 2 * STAGE_LINE);
      oddA.fma(halfA, m5.add(evenB)).intoArray(out, line + 3 * STAGE_LINE);
    }
  }

  /**
   * The same, with the bias and the ReLU. Vectors as parameters could end up on the heap; {@code
   * max} would take more instructions than a comparison, for the sake of zeros' signs.
   */
  private static void lastOutputLines(
      float[] m, int at, float[] bias, int biasAt, float floor, float[] y, int to, int rowStep) {
    FloatVector a = FloatVector.broadcast(FLOATS, A);
    FloatVector halfA = FloatVector.broadcast(FLOATS, A / 2);
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector least = FloatVector.broadcast(FLOATS, floor);
    for (int j = 0; j < OUT; j++) {
      int from = at + j * STAGE_LINE;
      int pixel = to + j * Layout.BLOCK;
      FloatVector m0 = FloatVector.fromArray(FLOATS, m, from);
      FloatVector m1 = FloatVector.fromArray(FLOATS, m, from + Layout.BLOCK);
      FloatVector m2 = FloatVector.fromArray(FLOATS, m, from + 2 * Layout.BLOCK);
      FloatVector m3 = FloatVector.fromArray(FLOATS, m, from + 3 * Layout.BLOCK);
      FloatVector m4 = FloatVector.fromArray(FLOATS, m, from + 4 * Layout.BLOCK);
      FloatVector m5 = FloatVector.fromArray(FLOATS, m, from + 5 * Layout.BLOCK);
      FloatVector evenA = m1.add(m2);
      FloatVector oddA = m1.sub(m2);
      FloatVector evenB = m3.add(m4);
      FloatVector oddB = m3.sub(m4);
      FloatVector y0 = oddB.fma(halfA, m0.add(evenA)).add(offset);
      y0.blend(least, y0.compare(VectorOperators.LT, least)).intoArray(y, pixel);
      FloatVector y1 = oddA.fma(a, evenB.mul(half)).add(offset);
      y1.blend(least, y1.compare(VectorOperators.LT, least)).intoArray(y, pixel + rowStep);
      FloatVector y2 = oddB.fma(a, evenA.mul(half)).add(offset);
      y2.blend(least, y2.compare(VectorOperators.LT, least)).intoArray(y, pixel + 2 * rowStep);
      FloatVector y3 = oddA.fma(halfA, m5.add(evenB)).add(offset);
      y3.blend(least, y3.compare(VectorOperators.LT, least)).intoArray(y, pixel + 3 * rowStep);
    }
  }
}
