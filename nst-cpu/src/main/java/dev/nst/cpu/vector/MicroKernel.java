package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product: a tile of up to {@link #ROWS} x {@link #COLUMNS} sums that stay in
 * registers while the common dimension runs by.
 *
 * <p>The form of the code is what the JVM's compilers of JDK 17 to 25 turn into one load per vector
 * and one multiply-add per sum: accumulators in local variables (up to 24 with 32 vector registers,
 * 8 with 16 of them), a single counted loop, row distances that are constants, so that one register
 * addresses all rows, and no branches. A branch first taken late makes JDK 17 compile the method
 * anew, with the sums in objects on the heap.
 */
final class MicroKernel {

  /** The most rows of a tile, a multiple of 4. */
  static final int ROWS = Simd.TILE_ROWS;

  /** Columns of a tile: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /** The most numbers of the common dimension that one call may run over. */
  static final int MAX_DEPTH = 576;

  /**
   * Numbers from one row of A to the next: not a multiple of a page, which would thrash the cache.
   */
  static final int A_STRIDE = MAX_DEPTH + 16;

  private MicroKernel() {}

  /**
   * {@code C = A B + base}. Base may be C itself.
   *
   * @param rows rows of the tile, at most {@link #ROWS}; the next multiple of 4 is computed, so
   *     that A and C must have room for it
   * @param a A, rows of {@code depth} numbers, {@link #A_STRIDE} apart, from {@code aAt}
   * @param b B, {@code depth} rows of {@link #COLUMNS} numbers without gaps, from {@code bAt}
   * @param depth the common dimension, at most {@link #MAX_DEPTH}
   * @param c C, rows of two vectors, from {@code cAt}
   * @param rowStride numbers from one row of C to the next
   * @param secondVector numbers from the first vector of a row of C to the second
   * @param base what is added, from {@code baseAt}, with distances of its own: a row distance of 0
   *     adds one row to all
   */
  static void multiply(
      int rows,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int rowStride,
      int secondVector,
      float[] base,
      int baseAt,
      int baseRowStride,
      int baseSecondVector) {
    if (rows > 8) {
      multiply12(
          a,
          aAt,
          b,
          bAt,
          depth,
          c,
          cAt,
          rowStride,
          secondVector,
          base,
          baseAt,
          baseRowStride,
          baseSecondVector);
    } else if (rows > 4) {
      multiply8(
          a,
          aAt,
          b,
          bAt,
          depth,
          c,
          cAt,
          rowStride,
          secondVector,
          base,
          baseAt,
          baseRowStride,
          baseSecondVector);
    } else {
      multiply4(
          a,
          aAt,
          b,
          bAt,
          depth,
          c,
          cAt,
          rowStride,
          secondVector,
          base,
          baseAt,
          baseRowStride,
          baseSecondVector);
    }
  }

  /** {@link #multiply} for 12 rows. */
  private static void multiply12(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int rowStride,
      int secondVector,
      float[] base,
      int baseAt,
      int baseRowStride,
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
    FloatVector c8a = FloatVector.zero(FLOATS);
    FloatVector c8b = FloatVector.zero(FLOATS);
    FloatVector c9a = FloatVector.zero(FLOATS);
    FloatVector c9b = FloatVector.zero(FLOATS);
    FloatVector c10a = FloatVector.zero(FLOATS);
    FloatVector c10b = FloatVector.zero(FLOATS);
    FloatVector c11a = FloatVector.zero(FLOATS);
    FloatVector c11b = FloatVector.zero(FLOATS);
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS);
      FloatVector bb = FloatVector.fromArray(FLOATS, b, bAt + k * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[aAt + k]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[aAt + k + A_STRIDE]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[aAt + k + 2 * A_STRIDE]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[aAt + k + 3 * A_STRIDE]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
      FloatVector a4 = FloatVector.broadcast(FLOATS, a[aAt + k + 4 * A_STRIDE]);
      c4a = a4.fma(ba, c4a);
      c4b = a4.fma(bb, c4b);
      FloatVector a5 = FloatVector.broadcast(FLOATS, a[aAt + k + 5 * A_STRIDE]);
      c5a = a5.fma(ba, c5a);
      c5b = a5.fma(bb, c5b);
      FloatVector a6 = FloatVector.broadcast(FLOATS, a[aAt + k + 6 * A_STRIDE]);
      c6a = a6.fma(ba, c6a);
      c6b = a6.fma(bb, c6b);
      FloatVector a7 = FloatVector.broadcast(FLOATS, a[aAt + k + 7 * A_STRIDE]);
      c7a = a7.fma(ba, c7a);
      c7b = a7.fma(bb, c7b);
      FloatVector a8 = FloatVector.broadcast(FLOATS, a[aAt + k + 8 * A_STRIDE]);
      c8a = a8.fma(ba, c8a);
      c8b = a8.fma(bb, c8b);
      FloatVector a9 = FloatVector.broadcast(FLOATS, a[aAt + k + 9 * A_STRIDE]);
      c9a = a9.fma(ba, c9a);
      c9b = a9.fma(bb, c9b);
      FloatVector a10 = FloatVector.broadcast(FLOATS, a[aAt + k + 10 * A_STRIDE]);
      c10a = a10.fma(ba, c10a);
      c10b = a10.fma(bb, c10b);
      FloatVector a11 = FloatVector.broadcast(FLOATS, a[aAt + k + 11 * A_STRIDE]);
      c11a = a11.fma(ba, c11a);
      c11b = a11.fma(bb, c11b);
    }
    int r0 = baseAt;
    c0a = c0a.add(FloatVector.fromArray(FLOATS, base, r0));
    c0b = c0b.add(FloatVector.fromArray(FLOATS, base, r0 + baseSecondVector));
    int r1 = baseAt + baseRowStride;
    c1a = c1a.add(FloatVector.fromArray(FLOATS, base, r1));
    c1b = c1b.add(FloatVector.fromArray(FLOATS, base, r1 + baseSecondVector));
    int r2 = baseAt + 2 * baseRowStride;
    c2a = c2a.add(FloatVector.fromArray(FLOATS, base, r2));
    c2b = c2b.add(FloatVector.fromArray(FLOATS, base, r2 + baseSecondVector));
    int r3 = baseAt + 3 * baseRowStride;
    c3a = c3a.add(FloatVector.fromArray(FLOATS, base, r3));
    c3b = c3b.add(FloatVector.fromArray(FLOATS, base, r3 + baseSecondVector));
    int r4 = baseAt + 4 * baseRowStride;
    c4a = c4a.add(FloatVector.fromArray(FLOATS, base, r4));
    c4b = c4b.add(FloatVector.fromArray(FLOATS, base, r4 + baseSecondVector));
    int r5 = baseAt + 5 * baseRowStride;
    c5a = c5a.add(FloatVector.fromArray(FLOATS, base, r5));
    c5b = c5b.add(FloatVector.fromArray(FLOATS, base, r5 + baseSecondVector));
    int r6 = baseAt + 6 * baseRowStride;
    c6a = c6a.add(FloatVector.fromArray(FLOATS, base, r6));
    c6b = c6b.add(FloatVector.fromArray(FLOATS, base, r6 + baseSecondVector));
    int r7 = baseAt + 7 * baseRowStride;
    c7a = c7a.add(FloatVector.fromArray(FLOATS, base, r7));
    c7b = c7b.add(FloatVector.fromArray(FLOATS, base, r7 + baseSecondVector));
    int r8 = baseAt + 8 * baseRowStride;
    c8a = c8a.add(FloatVector.fromArray(FLOATS, base, r8));
    c8b = c8b.add(FloatVector.fromArray(FLOATS, base, r8 + baseSecondVector));
    int r9 = baseAt + 9 * baseRowStride;
    c9a = c9a.add(FloatVector.fromArray(FLOATS, base, r9));
    c9b = c9b.add(FloatVector.fromArray(FLOATS, base, r9 + baseSecondVector));
    int r10 = baseAt + 10 * baseRowStride;
    c10a = c10a.add(FloatVector.fromArray(FLOATS, base, r10));
    c10b = c10b.add(FloatVector.fromArray(FLOATS, base, r10 + baseSecondVector));
    int r11 = baseAt + 11 * baseRowStride;
    c11a = c11a.add(FloatVector.fromArray(FLOATS, base, r11));
    c11b = c11b.add(FloatVector.fromArray(FLOATS, base, r11 + baseSecondVector));
    c0a.intoArray(c, cAt);
    c0b.intoArray(c, cAt + secondVector);
    c1a.intoArray(c, cAt + rowStride);
    c1b.intoArray(c, cAt + rowStride + secondVector);
    c2a.intoArray(c, cAt + 2 * rowStride);
    c2b.intoArray(c, cAt + 2 * rowStride + secondVector);
    c3a.intoArray(c, cAt + 3 * rowStride);
    c3b.intoArray(c, cAt + 3 * rowStride + secondVector);
    c4a.intoArray(c, cAt + 4 * rowStride);
    c4b.intoArray(c, cAt + 4 * rowStride + secondVector);
    c5a.intoArray(c, cAt + 5 * rowStride);
    c5b.intoArray(c, cAt + 5 * rowStride + secondVector);
    c6a.intoArray(c, cAt + 6 * rowStride);
    c6b.intoArray(c, cAt + 6 * rowStride + secondVector);
    c7a.intoArray(c, cAt + 7 * rowStride);
    c7b.intoArray(c, cAt + 7 * rowStride + secondVector);
    c8a.intoArray(c, cAt + 8 * rowStride);
    c8b.intoArray(c, cAt + 8 * rowStride + secondVector);
    c9a.intoArray(c, cAt + 9 * rowStride);
    c9b.intoArray(c, cAt + 9 * rowStride + secondVector);
    c10a.intoArray(c, cAt + 10 * rowStride);
    c10b.intoArray(c, cAt + 10 * rowStride + secondVector);
    c11a.intoArray(c, cAt + 11 * rowStride);
    c11b.intoArray(c, cAt + 11 * rowStride + secondVector);
  }

  /** {@link #multiply} for 8 rows. */
  private static void multiply8(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int rowStride,
      int secondVector,
      float[] base,
      int baseAt,
      int baseRowStride,
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
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[aAt + k]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[aAt + k + A_STRIDE]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[aAt + k + 2 * A_STRIDE]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[aAt + k + 3 * A_STRIDE]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
      FloatVector a4 = FloatVector.broadcast(FLOATS, a[aAt + k + 4 * A_STRIDE]);
      c4a = a4.fma(ba, c4a);
      c4b = a4.fma(bb, c4b);
      FloatVector a5 = FloatVector.broadcast(FLOATS, a[aAt + k + 5 * A_STRIDE]);
      c5a = a5.fma(ba, c5a);
      c5b = a5.fma(bb, c5b);
      FloatVector a6 = FloatVector.broadcast(FLOATS, a[aAt + k + 6 * A_STRIDE]);
      c6a = a6.fma(ba, c6a);
      c6b = a6.fma(bb, c6b);
      FloatVector a7 = FloatVector.broadcast(FLOATS, a[aAt + k + 7 * A_STRIDE]);
      c7a = a7.fma(ba, c7a);
      c7b = a7.fma(bb, c7b);
    }
    int r0 = baseAt;
    c0a = c0a.add(FloatVector.fromArray(FLOATS, base, r0));
    c0b = c0b.add(FloatVector.fromArray(FLOATS, base, r0 + baseSecondVector));
    int r1 = baseAt + baseRowStride;
    c1a = c1a.add(FloatVector.fromArray(FLOATS, base, r1));
    c1b = c1b.add(FloatVector.fromArray(FLOATS, base, r1 + baseSecondVector));
    int r2 = baseAt + 2 * baseRowStride;
    c2a = c2a.add(FloatVector.fromArray(FLOATS, base, r2));
    c2b = c2b.add(FloatVector.fromArray(FLOATS, base, r2 + baseSecondVector));
    int r3 = baseAt + 3 * baseRowStride;
    c3a = c3a.add(FloatVector.fromArray(FLOATS, base, r3));
    c3b = c3b.add(FloatVector.fromArray(FLOATS, base, r3 + baseSecondVector));
    int r4 = baseAt + 4 * baseRowStride;
    c4a = c4a.add(FloatVector.fromArray(FLOATS, base, r4));
    c4b = c4b.add(FloatVector.fromArray(FLOATS, base, r4 + baseSecondVector));
    int r5 = baseAt + 5 * baseRowStride;
    c5a = c5a.add(FloatVector.fromArray(FLOATS, base, r5));
    c5b = c5b.add(FloatVector.fromArray(FLOATS, base, r5 + baseSecondVector));
    int r6 = baseAt + 6 * baseRowStride;
    c6a = c6a.add(FloatVector.fromArray(FLOATS, base, r6));
    c6b = c6b.add(FloatVector.fromArray(FLOATS, base, r6 + baseSecondVector));
    int r7 = baseAt + 7 * baseRowStride;
    c7a = c7a.add(FloatVector.fromArray(FLOATS, base, r7));
    c7b = c7b.add(FloatVector.fromArray(FLOATS, base, r7 + baseSecondVector));
    c0a.intoArray(c, cAt);
    c0b.intoArray(c, cAt + secondVector);
    c1a.intoArray(c, cAt + rowStride);
    c1b.intoArray(c, cAt + rowStride + secondVector);
    c2a.intoArray(c, cAt + 2 * rowStride);
    c2b.intoArray(c, cAt + 2 * rowStride + secondVector);
    c3a.intoArray(c, cAt + 3 * rowStride);
    c3b.intoArray(c, cAt + 3 * rowStride + secondVector);
    c4a.intoArray(c, cAt + 4 * rowStride);
    c4b.intoArray(c, cAt + 4 * rowStride + secondVector);
    c5a.intoArray(c, cAt + 5 * rowStride);
    c5b.intoArray(c, cAt + 5 * rowStride + secondVector);
    c6a.intoArray(c, cAt + 6 * rowStride);
    c6b.intoArray(c, cAt + 6 * rowStride + secondVector);
    c7a.intoArray(c, cAt + 7 * rowStride);
    c7b.intoArray(c, cAt + 7 * rowStride + secondVector);
  }

  /** {@link #multiply} for 4 rows. */
  private static void multiply4(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int rowStride,
      int secondVector,
      float[] base,
      int baseAt,
      int baseRowStride,
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
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[aAt + k]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[aAt + k + A_STRIDE]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[aAt + k + 2 * A_STRIDE]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[aAt + k + 3 * A_STRIDE]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
    }
    int r0 = baseAt;
    c0a = c0a.add(FloatVector.fromArray(FLOATS, base, r0));
    c0b = c0b.add(FloatVector.fromArray(FLOATS, base, r0 + baseSecondVector));
    int r1 = baseAt + baseRowStride;
    c1a = c1a.add(FloatVector.fromArray(FLOATS, base, r1));
    c1b = c1b.add(FloatVector.fromArray(FLOATS, base, r1 + baseSecondVector));
    int r2 = baseAt + 2 * baseRowStride;
    c2a = c2a.add(FloatVector.fromArray(FLOATS, base, r2));
    c2b = c2b.add(FloatVector.fromArray(FLOATS, base, r2 + baseSecondVector));
    int r3 = baseAt + 3 * baseRowStride;
    c3a = c3a.add(FloatVector.fromArray(FLOATS, base, r3));
    c3b = c3b.add(FloatVector.fromArray(FLOATS, base, r3 + baseSecondVector));
    c0a.intoArray(c, cAt);
    c0b.intoArray(c, cAt + secondVector);
    c1a.intoArray(c, cAt + rowStride);
    c1b.intoArray(c, cAt + rowStride + secondVector);
    c2a.intoArray(c, cAt + 2 * rowStride);
    c2b.intoArray(c, cAt + 2 * rowStride + secondVector);
    c3a.intoArray(c, cAt + 3 * rowStride);
    c3b.intoArray(c, cAt + 3 * rowStride + secondVector);
  }
}
