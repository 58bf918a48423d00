package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link TileTransform} of {@link Winograd#F6}. */
final class TileTransform6 implements TileTransform {

  private static final int OUT = 6;
  private static final int IN = 8;
  private static final int STAGE_LINE = IN * Layout.BLOCK;

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

  /** Multiplies Bt with eight vectors, a block apart. */
  private static void inputLine(float[] x, int at, float[] out, int to, int outStep) {
    FloatVector d0 = FloatVector.fromArray(FLOATS, x, at);
    FloatVector d1 = FloatVector.fromArray(FLOATS, x, at + Layout.BLOCK);
    FloatVector d2 = FloatVector.fromArray(FLOATS, x, at + 2 * Layout.BLOCK);
    FloatVector d3 = FloatVector.fromArray(FLOATS, x, at + 3 * Layout.BLOCK);
    FloatVector d4 = FloatVector.fromArray(FLOATS, x, at + 4 * Layout.BLOCK);
    FloatVector d5 = FloatVector.fromArray(FLOATS, x, at + 5 * Layout.BLOCK);
    FloatVector d6 = FloatVector.fromArray(FLOATS, x, at + 6 * Layout.BLOCK);
    FloatVector d7 = FloatVector.fromArray(FLOATS, x, at + 7 * Layout.BLOCK);
    FloatVector edge = FloatVector.broadcast(FLOATS, -5.25f);
    FloatVector centre = FloatVector.broadcast(FLOATS, -4.25f);
    FloatVector quarter = FloatVector.broadcast(FLOATS, 0.25f);
    FloatVector two = FloatVector.broadcast(FLOATS, 2);
    FloatVector minusTwo = FloatVector.broadcast(FLOATS, -2);
    FloatVector low = d2.sub(d4);
    FloatVector high = d6.sub(d4);
    FloatVector oddLow = d1.sub(d3);
    FloatVector oddHigh = d5.sub(d3);
    FloatVector even1 = d4.fma(centre, d2.add(d6));
    FloatVector odd1 = d3.fma(centre, d1.add(d5));
    FloatVector even2 = low.fma(quarter, high);
    FloatVector odd2 = oddLow.fma(quarter, oddHigh);
    FloatVector evenHalf = high.fma(quarter, low).mul(two);
    FloatVector oddHalf = oddHigh.fma(quarter, oddLow);
    low.fma(edge, d0.sub(d6)).intoArray(out, to);
    even1.add(odd1).intoArray(out, to + outStep);
    even1.sub(odd1).intoArray(out, to + 2 * outStep);
    odd2.fma(two, even2).intoArray(out, to + 3 * outStep);
    odd2.fma(minusTwo, even2).intoArray(out, to + 4 * outStep);
    evenHalf.add(oddHalf).intoArray(out, to + 5 * outStep);
    evenHalf.sub(oddHalf).intoArray(out, to + 6 * outStep);
    oddHigh.fma(edge, d7.sub(d1)).intoArray(out, to + 7 * outStep);
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

  /** Multiplies At with lines of eight vectors. */
  private static void outputLines(float[] m, int at, int step, float[] out, int to) {
    FloatVector r1 = FloatVector.broadcast(FLOATS, 1 / 2f);
    FloatVector r2 = FloatVector.broadcast(FLOATS, 1 / 4f);
    FloatVector r3 = FloatVector.broadcast(FLOATS, 1 / 8f);
    FloatVector r4 = FloatVector.broadcast(FLOATS, 1 / 16f);
    FloatVector r5 = FloatVector.broadcast(FLOATS, 1 / 32f);
    for (int i = 0; i < IN; i++) {
      int from = at + i * IN * step;
      int line = to + i * Layout.BLOCK;
      FloatVector m0 = FloatVector.fromArray(FLOATS, m, from);
      FloatVector m1 = FloatVector.fromArray(FLOATS, m, from + step);
      FloatVector m2 = FloatVector.fromArray(FLOATS, m, from + 2 * step);
      FloatVector m3 = FloatVector.fromArray(FLOATS, m, from + 3 * step);
      FloatVector m4 = FloatVector.fromArray(FLOATS, m, from + 4 * step);
      FloatVector m5 = FloatVector.fromArray(FLOATS, m, from + 5 * step);
      FloatVector m6 = FloatVector.fromArray(FLOATS, m, from + 6 * step);
      FloatVector m7 = FloatVector.fromArray(FLOATS, m, from + 7 * step);
      FloatVector even1 = m1.add(m2);
      FloatVector odd1 = m1.sub(m2);
      FloatVector even2 = m3.add(m4);
      FloatVector odd2 = m3.sub(m4);
      FloatVector evenHalf = m5.add(m6);
      FloatVector oddHalf = m5.sub(m6);
      even2.fma(r5, m0.add(even1)).add(evenHalf).intoArray(out, line);
      oddHalf.fma(r1, odd2.fma(r4, odd1)).intoArray(out, line + STAGE_LINE);
      evenHalf.fma(r2, even2.fma(r3, even1)).intoArray(out, line + 2 * STAGE_LINE);
      odd2.fma(r2, oddHalf.fma(r3, odd1)).intoArray(out, line + 3 * STAGE_LINE);
      even2.fma(r1, evenHalf.fma(r4, even1)).intoArray(out, line + 4 * STAGE_LINE);
      oddHalf.fma(r5, m7.add(odd1)).add(odd2).intoArray(out, line + 5 * STAGE_LINE);
    }
  }

  /**
   * The same, with the bias and the ReLU. Vectors as parameters could end up on the heap; {@code
   * max} would take more instructions than a comparison, for the sake of zeros' signs.
   */
  private static void lastOutputLines(
      float[] m, int at, float[] bias, int biasAt, float floor, float[] y, int to, int rowStep) {
    FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector least = FloatVector.broadcast(FLOATS, floor);
    FloatVector r1 = FloatVector.broadcast(FLOATS, 1 / 2f);
    FloatVector r2 = FloatVector.broadcast(FLOATS, 1 / 4f);
    FloatVector r3 = FloatVector.broadcast(FLOATS, 1 / 8f);
    FloatVector r4 = FloatVector.broadcast(FLOATS, 1 / 16f);
    FloatVector r5 = FloatVector.broadcast(FLOATS, 1 / 32f);
    for (int j = 0; j < OUT; j++) {
      int from = at + j * STAGE_LINE;
      int pixel = to + j * Layout.BLOCK;
      FloatVector m0 = FloatVector.fromArray(FLOATS, m, from);
      FloatVector m1 = FloatVector.fromArray(FLOATS, m, from + Layout.BLOCK);
      FloatVector m2 = FloatVector.fromArray(FLOATS, m, from + 2 * Layout.BLOCK);
      FloatVector m3 = FloatVector.fromArray(FLOATS, m, from + 3 * Layout.BLOCK);
      FloatVector m4 = FloatVector.fromArray(FLOATS, m, from + 4 * Layout.BLOCK);
      FloatVector m5 = FloatVector.fromArray(FLOATS, m, from + 5 * Layout.BLOCK);
      FloatVector m6 = FloatVector.fromArray(FLOATS, m, from + 6 * Layout.BLOCK);
      FloatVector m7 = FloatVector.fromArray(FLOATS, m, from + 7 * Layout.BLOCK);
      FloatVector even1 = m1.add(m2).add(offset);
      FloatVector odd1 = m1.sub(m2).add(offset);
      FloatVector even2 = m3.add(m4);
      FloatVector odd2 = m3.sub(m4);
      FloatVector evenHalf = m5.add(m6);
      FloatVector oddHalf = m5.sub(m6);
      FloatVector y0 = even2.fma(r5, m0.add(even1)).add(evenHalf);
      y0.blend(least, y0.compare(VectorOperators.LT, least)).intoArray(y, pixel);
      FloatVector y1 = oddHalf.fma(r1, odd2.fma(r4, odd1));
      y1.blend(least, y1.compare(VectorOperators.LT, least)).intoArray(y, pixel + rowStep);
      FloatVector y2 = evenHalf.fma(r2, even2.fma(r3, even1));
      y2.blend(least, y2.compare(VectorOperators.LT, least)).intoArray(y, pixel + 2 * rowStep);
      FloatVector y3 = odd2.fma(r2, oddHalf.fma(r3, odd1));
      y3.blend(least, y3.compare(VectorOperators.LT, least)).intoArray(y, pixel + 3 * rowStep);
      FloatVector y4 = even2.fma(r1, evenHalf.fma(r4, even1));
      y4.blend(least, y4.compare(VectorOperators.LT, least)).intoArray(y, pixel + 4 * rowStep);
      FloatVector y5 = oddHalf.fma(r5, m7.add(odd1)).add(odd2);
      y5.blend(least, y5.compare(VectorOperators.LT, least)).intoArray(y, pixel + 5 * rowStep);
    }
  }
}
