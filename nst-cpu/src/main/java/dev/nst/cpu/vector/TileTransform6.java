package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;

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
      for (int i = 0; i < IN; i++) {
        int line = stageAt + i * Layout.BLOCK + lane;
        outputLine(m, at + i * IN * pointStep + lane, pointStep, stage, line);
      }
      for (int j = 0; j < OUT; j++) {
        int line = stageAt + j * STAGE_LINE + lane;
        int pixel = to + j * Layout.BLOCK + lane;
        lastOutputLine(stage, line, bias, biasAt + lane, floor, y, pixel, rowStep);
      }
    }
  }

  /** Multiplies At with eight vectors. */
  private static void outputLine(float[] m, int at, int step, float[] out, int to) {
    FloatVector m0 = FloatVector.fromArray(FLOATS, m, at);
    FloatVector m1 = FloatVector.fromArray(FLOATS, m, at + step);
    FloatVector m2 = FloatVector.fromArray(FLOATS, m, at + 2 * step);
    FloatVector m3 = FloatVector.fromArray(FLOATS, m, at + 3 * step);
    FloatVector m4 = FloatVector.fromArray(FLOATS, m, at + 4 * step);
    FloatVector m5 = FloatVector.fromArray(FLOATS, m, at + 5 * step);
    FloatVector m6 = FloatVector.fromArray(FLOATS, m, at + 6 * step);
    FloatVector m7 = FloatVector.fromArray(FLOATS, m, at + 7 * step);
    FloatVector even1 = m1.add(m2);
    FloatVector odd1 = m1.sub(m2);
    FloatVector even2 = m3.add(m4);
    FloatVector odd2 = m3.sub(m4);
    FloatVector evenHalf = m5.add(m6);
    FloatVector oddHalf = m5.sub(m6);
    FloatVector r1 = FloatVector.broadcast(FLOATS, 1 / 2f);
    FloatVector r2 = FloatVector.broadcast(FLOATS, 1 / 4f);
    FloatVector r3 = FloatVector.broadcast(FLOATS, 1 / 8f);
    FloatVector r4 = FloatVector.broadcast(FLOATS, 1 / 16f);
    FloatVector r5 = FloatVector.broadcast(FLOATS, 1 / 32f);
    even2.fma(r5, m0.add(even1)).add(evenHalf).intoArray(out, to);
    oddHalf.fma(r1, odd2.fma(r4, odd1)).intoArray(out, to + STAGE_LINE);
    evenHalf.fma(r2, even2.fma(r3, even1)).intoArray(out, to + 2 * STAGE_LINE);
    odd2.fma(r2, oddHalf.fma(r3, odd1)).intoArray(out, to + 3 * STAGE_LINE);
    even2.fma(r1, evenHalf.fma(r4, even1)).intoArray(out, to + 4 * STAGE_LINE);
    oddHalf.fma(r5, m7.add(odd1)).add(odd2).intoArray(out, to + 5 * STAGE_LINE);
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
    FloatVector m6 = FloatVector.fromArray(FLOATS, m, at + 6 * Layout.BLOCK);
    FloatVector m7 = FloatVector.fromArray(FLOATS, m, at + 7 * Layout.BLOCK);
    FloatVector offset = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector least = FloatVector.broadcast(FLOATS, floor);
    FloatVector even1 = m1.add(m2).add(offset);
    FloatVector odd1 = m1.sub(m2).add(offset);
    FloatVector even2 = m3.add(m4);
    FloatVector odd2 = m3.sub(m4);
    FloatVector evenHalf = m5.add(m6);
    FloatVector oddHalf = m5.sub(m6);
    FloatVector r1 = FloatVector.broadcast(FLOATS, 1 / 2f);
    FloatVector r2 = FloatVector.broadcast(FLOATS, 1 / 4f);
    FloatVector r3 = FloatVector.broadcast(FLOATS, 1 / 8f);
    FloatVector r4 = FloatVector.broadcast(FLOATS, 1 / 16f);
    FloatVector r5 = FloatVector.broadcast(FLOATS, 1 / 32f);
    even2.fma(r5, m0.add(even1)).add(evenHalf).max(least).intoArray(y, to);
    oddHalf.fma(r1, odd2.fma(r4, odd1)).max(least).intoArray(y, to + rowStep);
    evenHalf.fma(r2, even2.fma(r3, even1)).max(least).intoArray(y, to + 2 * rowStep);
    odd2.fma(r2, oddHalf.fma(r3, odd1)).max(least).intoArray(y, to + 3 * rowStep);
    even2.fma(r1, evenHalf.fma(r4, even1)).max(least).intoArray(y, to + 4 * rowStep);
    oddHalf.fma(r5, m7.add(odd1)).add(odd2).max(least).intoArray(y, to + 5 * rowStep);
  }
}
