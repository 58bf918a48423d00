package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product of {@link ImageConvolution}: {@link #PIXELS} x {@link #COLUMNS} sums in
 * registers over the few taps of a picture. As those are so few, what happens once a sum counts as
 * much as what happens once a tap: sums start with the bias, and meet the ReLU on their way to
 * memory. See {@link MicroKernel} for the form of the code.
 */
final class ImageKernel {

  /** Pixels of a tile. */
  static final int PIXELS = Simd.hasManyRegisters() ? 8 : 4;

  /** Output channels of a tile: two vectors. */
  static final int COLUMNS = MicroKernel.COLUMNS;

  /** The most pixels of a chunk: 36 taps of so many are 27 KiB of a first-level cache. */
  static final int CHUNK = 192;

  /** Numbers from one tap to the next in A: not a multiple of a page, and room for a last tile. */
  static final int A_STRIDE = CHUNK + 16;

  private ImageKernel() {}

  /**
   * {@code C = max(start + At B, lowest)}, NaN stays NaN.
   *
   * @param a A, for each tap its values for neighbouring pixels; taps are {@link #A_STRIDE} apart;
   *     from {@code aAt}
   * @param b B, {@code depth} rows of {@link #COLUMNS} weights without gaps, from {@code bAt}
   * @param depth number of taps
   * @param c C, two vectors for each pixel, from {@code cAt}
   * @param pixelStride numbers from one pixel of C to the next
   * @param secondVector numbers from the first vector of a pixel of C to the second
   * @param start what the sums of all pixels start with, from {@code startAt}
   * @param lowest 0 for a ReLU, negative infinity for none
   */
  static void multiply(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] start,
      int startAt,
      float lowest) {
    if (PIXELS == 8) {
      multiply8(a, aAt, b, bAt, depth, c, cAt, pixelStride, secondVector, start, startAt, lowest);
    } else {
      multiply4(a, aAt, b, bAt, depth, c, cAt, pixelStride, secondVector, start, startAt, lowest);
    }
  }

  /** {@link #multiply} for 8 pixels. */
  private static void multiply8(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] start,
      int startAt,
      float lowest) {
    FloatVector sa = FloatVector.fromArray(FLOATS, start, startAt);
    FloatVector sb = FloatVector.fromArray(FLOATS, start, startAt + LANES);
    FloatVector c0a = sa;
    FloatVector c0b = sb;
    FloatVector c1a = sa;
    FloatVector c1b = sb;
    FloatVector c2a = sa;
    FloatVector c2b = sb;
    FloatVector c3a = sa;
    FloatVector c3b = sb;
    FloatVector c4a = sa;
    FloatVector c4b = sb;
    FloatVector c5a = sa;
    FloatVector c5b = sb;
    FloatVector c6a = sa;
    FloatVector c6b = sb;
    FloatVector c7a = sa;
    FloatVector c7b = sb;
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS);
      FloatVector bb = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 1]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 2]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 3]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
      FloatVector a4 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 4]);
      c4a = a4.fma(ba, c4a);
      c4b = a4.fma(bb, c4b);
      FloatVector a5 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 5]);
      c5a = a5.fma(ba, c5a);
      c5b = a5.fma(bb, c5b);
      FloatVector a6 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 6]);
      c6a = a6.fma(ba, c6a);
      c6b = a6.fma(bb, c6b);
      FloatVector a7 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 7]);
      c7a = a7.fma(ba, c7a);
      c7b = a7.fma(bb, c7b);
    }
    FloatVector least = FloatVector.broadcast(FLOATS, lowest);
    c0a.blend(least, c0a.compare(LT, least)).intoArray(c, cAt);
    c0b.blend(least, c0b.compare(LT, least)).intoArray(c, cAt + secondVector);
    c1a.blend(least, c1a.compare(LT, least)).intoArray(c, cAt + pixelStride);
    c1b.blend(least, c1b.compare(LT, least)).intoArray(c, cAt + pixelStride + secondVector);
    c2a.blend(least, c2a.compare(LT, least)).intoArray(c, cAt + 2 * pixelStride);
    c2b.blend(least, c2b.compare(LT, least)).intoArray(c, cAt + 2 * pixelStride + secondVector);
    c3a.blend(least, c3a.compare(LT, least)).intoArray(c, cAt + 3 * pixelStride);
    c3b.blend(least, c3b.compare(LT, least)).intoArray(c, cAt + 3 * pixelStride + secondVector);
    c4a.blend(least, c4a.compare(LT, least)).intoArray(c, cAt + 4 * pixelStride);
    c4b.blend(least, c4b.compare(LT, least)).intoArray(c, cAt + 4 * pixelStride + secondVector);
    c5a.blend(least, c5a.compare(LT, least)).intoArray(c, cAt + 5 * pixelStride);
    c5b.blend(least, c5b.compare(LT, least)).intoArray(c, cAt + 5 * pixelStride + secondVector);
    c6a.blend(least, c6a.compare(LT, least)).intoArray(c, cAt + 6 * pixelStride);
    c6b.blend(least, c6b.compare(LT, least)).intoArray(c, cAt + 6 * pixelStride + secondVector);
    c7a.blend(least, c7a.compare(LT, least)).intoArray(c, cAt + 7 * pixelStride);
    c7b.blend(least, c7b.compare(LT, least)).intoArray(c, cAt + 7 * pixelStride + secondVector);
  }

  /** {@link #multiply} for 4 pixels. */
  private static void multiply4(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] start,
      int startAt,
      float lowest) {
    FloatVector sa = FloatVector.fromArray(FLOATS, start, startAt);
    FloatVector sb = FloatVector.fromArray(FLOATS, start, startAt + LANES);
    FloatVector c0a = sa;
    FloatVector c0b = sb;
    FloatVector c1a = sa;
    FloatVector c1b = sb;
    FloatVector c2a = sa;
    FloatVector c2b = sb;
    FloatVector c3a = sa;
    FloatVector c3b = sb;
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS);
      FloatVector bb = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 1]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 2]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[aAt + k * A_STRIDE + 3]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
    }
    FloatVector least = FloatVector.broadcast(FLOATS, lowest);
    c0a.blend(least, c0a.compare(LT, least)).intoArray(c, cAt);
    c0b.blend(least, c0b.compare(LT, least)).intoArray(c, cAt + secondVector);
    c1a.blend(least, c1a.compare(LT, least)).intoArray(c, cAt + pixelStride);
    c1b.blend(least, c1b.compare(LT, least)).intoArray(c, cAt + pixelStride + secondVector);
    c2a.blend(least, c2a.compare(LT, least)).intoArray(c, cAt + 2 * pixelStride);
    c2b.blend(least, c2b.compare(LT, least)).intoArray(c, cAt + 2 * pixelStride + secondVector);
    c3a.blend(least, c3a.compare(LT, least)).intoArray(c, cAt + 3 * pixelStride);
    c3b.blend(least, c3b.compare(LT, least)).intoArray(c, cAt + 3 * pixelStride + secondVector);
  }
}
