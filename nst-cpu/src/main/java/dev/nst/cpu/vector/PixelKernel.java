package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Layout.BLOCK;
import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product of pixels with a packed matrix, the channels of a blocked map being read
 * where they lie. With few channels that is faster than copying them to rows for {@link
 * MicroKernel}, since there are few columns that would gain from the copy; the sums are the same,
 * bit by bit. See there for the form of the code, except that here each sum is stored as soon as
 * its base is added, which is faster where both come from memory.
 */
final class PixelKernel {

  /** Pixels of a tile. Twelve took half as much time again. */
  static final int PIXELS = Simd.hasManyRegisters() ? 8 : 4;

  /** Columns of a tile: two vectors. */
  static final int COLUMNS = MicroKernel.COLUMNS;

  /** Channel k is in block {@code k >> BLOCK_BITS}, lane {@code k & LAST_LANE}. */
  private static final int BLOCK_BITS = Integer.numberOfTrailingZeros(BLOCK);

  private static final int LAST_LANE = BLOCK - 1;

  private PixelKernel() {}

  /**
   * {@code C = F B + base}. Base may be C itself.
   *
   * @param f F, {@link #PIXELS} neighbouring pixels of a blocked map, the first at {@code fAt}
   * @param planeSize numbers from one block of channels to the next
   * @param b B, {@code depth} rows of {@link #COLUMNS} numbers without gaps, from {@code bAt}
   * @param depth channels of F
   * @param c C, two vectors for each pixel, from {@code cAt}
   * @param pixelStride numbers from one pixel of C to the next
   * @param secondVector numbers from the first vector of a pixel of C to the second
   * @param base what is added, from {@code baseAt}, with distances of its own: a pixel distance of
   *     0 adds the same to all
   */
  static void multiply(
      float[] f,
      int fAt,
      int planeSize,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] base,
      int baseAt,
      int basePixelStride,
      int baseSecondVector) {
    if (PIXELS == 8) {
      multiply8(
          f,
          fAt,
          planeSize,
          b,
          bAt,
          depth,
          c,
          cAt,
          pixelStride,
          secondVector,
          base,
          baseAt,
          basePixelStride,
          baseSecondVector);
    } else {
      multiply4(
          f,
          fAt,
          planeSize,
          b,
          bAt,
          depth,
          c,
          cAt,
          pixelStride,
          secondVector,
          base,
          baseAt,
          basePixelStride,
          baseSecondVector);
    }
  }

  /** {@link #multiply} for 8 pixels. */
  private static void multiply8(
      float[] f,
      int fAt,
      int planeSize,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] base,
      int baseAt,
      int basePixelStride,
      int baseSecondVector) {
    FloatVector c0a = FloatVector.zero(FLOATS);
    FloatVector c0b = FloatVector.zero(FLOATS);
    FloatVector c1a = FloatVector.zero(FLOATS);
    FloatVector c1b = FloatVector.zero(FLOATS);
    FloatVector c2a = FloatVector.zero(FLOATS);
    FloatVector c2b = FloatVector.zero(FLOATS);
    FloatVector c3a = FloatVector.zero(FLOATS);
    FloatVector c3b = FloatVector.zero(FLOATS);
    FloatVector c4a = FloatVector.zero(FLOATS);
    FloatVector c4b = FloatVector.zero(FLOATS);
    FloatVector c5a = FloatVector.zero(FLOATS);
    FloatVector c5b = FloatVector.zero(FLOATS);
    FloatVector c6a = FloatVector.zero(FLOATS);
    FloatVector c6b = FloatVector.zero(FLOATS);
    FloatVector c7a = FloatVector.zero(FLOATS);
    FloatVector c7b = FloatVector.zero(FLOATS);
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS);
      FloatVector bb = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS + LANES);
      int channel = fAt + (k >> BLOCK_BITS) * planeSize + (k & LAST_LANE);
      FloatVector a0 = FloatVector.broadcast(FLOATS, f[channel]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, f[channel + BLOCK]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, f[channel + 2 * BLOCK]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, f[channel + 3 * BLOCK]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
      FloatVector a4 = FloatVector.broadcast(FLOATS, f[channel + 4 * BLOCK]);
      c4a = a4.fma(ba, c4a);
      c4b = a4.fma(bb, c4b);
      FloatVector a5 = FloatVector.broadcast(FLOATS, f[channel + 5 * BLOCK]);
      c5a = a5.fma(ba, c5a);
      c5b = a5.fma(bb, c5b);
      FloatVector a6 = FloatVector.broadcast(FLOATS, f[channel + 6 * BLOCK]);
      c6a = a6.fma(ba, c6a);
      c6b = a6.fma(bb, c6b);
      FloatVector a7 = FloatVector.broadcast(FLOATS, f[channel + 7 * BLOCK]);
      c7a = a7.fma(ba, c7a);
      c7b = a7.fma(bb, c7b);
    }
    int r0 = baseAt;
    int t0 = cAt;
    c0a.add(FloatVector.fromArray(FLOATS, base, r0)).intoArray(c, t0);
    c0b.add(FloatVector.fromArray(FLOATS, base, r0 + baseSecondVector))
        .intoArray(c, t0 + secondVector);
    int r1 = baseAt + basePixelStride;
    int t1 = cAt + pixelStride;
    c1a.add(FloatVector.fromArray(FLOATS, base, r1)).intoArray(c, t1);
    c1b.add(FloatVector.fromArray(FLOATS, base, r1 + baseSecondVector))
        .intoArray(c, t1 + secondVector);
    int r2 = baseAt + 2 * basePixelStride;
    int t2 = cAt + 2 * pixelStride;
    c2a.add(FloatVector.fromArray(FLOATS, base, r2)).intoArray(c, t2);
    c2b.add(FloatVector.fromArray(FLOATS, base, r2 + baseSecondVector))
        .intoArray(c, t2 + secondVector);
    int r3 = baseAt + 3 * basePixelStride;
    int t3 = cAt + 3 * pixelStride;
    c3a.add(FloatVector.fromArray(FLOATS, base, r3)).intoArray(c, t3);
    c3b.add(FloatVector.fromArray(FLOATS, base, r3 + baseSecondVector))
        .intoArray(c, t3 + secondVector);
    int r4 = baseAt + 4 * basePixelStride;
    int t4 = cAt + 4 * pixelStride;
    c4a.add(FloatVector.fromArray(FLOATS, base, r4)).intoArray(c, t4);
    c4b.add(FloatVector.fromArray(FLOATS, base, r4 + baseSecondVector))
        .intoArray(c, t4 + secondVector);
    int r5 = baseAt + 5 * basePixelStride;
    int t5 = cAt + 5 * pixelStride;
    c5a.add(FloatVector.fromArray(FLOATS, base, r5)).intoArray(c, t5);
    c5b.add(FloatVector.fromArray(FLOATS, base, r5 + baseSecondVector))
        .intoArray(c, t5 + secondVector);
    int r6 = baseAt + 6 * basePixelStride;
    int t6 = cAt + 6 * pixelStride;
    c6a.add(FloatVector.fromArray(FLOATS, base, r6)).intoArray(c, t6);
    c6b.add(FloatVector.fromArray(FLOATS, base, r6 + baseSecondVector))
        .intoArray(c, t6 + secondVector);
    int r7 = baseAt + 7 * basePixelStride;
    int t7 = cAt + 7 * pixelStride;
    c7a.add(FloatVector.fromArray(FLOATS, base, r7)).intoArray(c, t7);
    c7b.add(FloatVector.fromArray(FLOATS, base, r7 + baseSecondVector))
        .intoArray(c, t7 + secondVector);
  }

  /** {@link #multiply} for 4 pixels. */
  private static void multiply4(
      float[] f,
      int fAt,
      int planeSize,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int pixelStride,
      int secondVector,
      float[] base,
      int baseAt,
      int basePixelStride,
      int baseSecondVector) {
    FloatVector c0a = FloatVector.zero(FLOATS);
    FloatVector c0b = FloatVector.zero(FLOATS);
    FloatVector c1a = FloatVector.zero(FLOATS);
    FloatVector c1b = FloatVector.zero(FLOATS);
    FloatVector c2a = FloatVector.zero(FLOATS);
    FloatVector c2b = FloatVector.zero(FLOATS);
    FloatVector c3a = FloatVector.zero(FLOATS);
    FloatVector c3b = FloatVector.zero(FLOATS);
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS);
      FloatVector bb = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS + LANES);
      int channel = fAt + (k >> BLOCK_BITS) * planeSize + (k & LAST_LANE);
      FloatVector a0 = FloatVector.broadcast(FLOATS, f[channel]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, f[channel + BLOCK]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, f[channel + 2 * BLOCK]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, f[channel + 3 * BLOCK]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
    }
    int r0 = baseAt;
    int t0 = cAt;
    c0a.add(FloatVector.fromArray(FLOATS, base, r0)).intoArray(c, t0);
    c0b.add(FloatVector.fromArray(FLOATS, base, r0 + baseSecondVector))
        .intoArray(c, t0 + secondVector);
    int r1 = baseAt + basePixelStride;
    int t1 = cAt + pixelStride;
    c1a.add(FloatVector.fromArray(FLOATS, base, r1)).intoArray(c, t1);
    c1b.add(FloatVector.fromArray(FLOATS, base, r1 + baseSecondVector))
        .intoArray(c, t1 + secondVector);
    int r2 = baseAt + 2 * basePixelStride;
    int t2 = cAt + 2 * pixelStride;
    c2a.add(FloatVector.fromArray(FLOATS, base, r2)).intoArray(c, t2);
    c2b.add(FloatVector.fromArray(FLOATS, base, r2 + baseSecondVector))
        .intoArray(c, t2 + secondVector);
    int r3 = baseAt + 3 * basePixelStride;
    int t3 = cAt + 3 * pixelStride;
    c3a.add(FloatVector.fromArray(FLOATS, base, r3)).intoArray(c, t3);
    c3b.add(FloatVector.fromArray(FLOATS, base, r3 + baseSecondVector))
        .intoArray(c, t3 + secondVector);
  }
}
