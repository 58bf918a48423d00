package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Layout.BLOCK;
import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product of a Gram matrix: {@link #ROWS} x {@link #COLUMNS} sums over pixels. A
 * blocked feature map already lies as the product wants both of its factors, pixel after pixel, so
 * nothing is packed. See {@link MicroKernel} for the form of the code.
 */
final class GramKernel {

  /** Channels on the left: a whole fraction of a block, so that they lie side by side. */
  static final int ROWS = Simd.hasManyRegisters() ? 8 : 4;

  /** Channels on the right: two vectors. */
  static final int COLUMNS = 2 * LANES;

  /** Whether a vector holds a block, so that its square is a tile of {@link #addDiagonal}. */
  static final boolean HAS_DIAGONAL = LANES == BLOCK;

  private GramKernel() {}

  /**
   * Adds to a tile of G.
   *
   * @param f features
   * @param left index of the first pixel's first left channel
   * @param right index of the first pixel's first right channel
   * @param secondVector distance from there to the channels of the second vector
   * @param depth number of pixels
   * @param g partial Gram matrix
   * @param at index of the tile
   * @param stride numbers from one row of g to the next
   */
  static void add(
      float[] f, int left, int right, int secondVector, int depth, float[] g, int at, int stride) {
    if (ROWS == 8) {
      add8(f, left, right, secondVector, depth, g, at, stride);
    } else {
      add4(f, left, right, secondVector, depth, g, at, stride);
    }
  }

  /**
   * Adds to the square of a block of channels, a tile of 16 rows and one vector. A row of two
   * vectors would also compute the mirror image of what is above the square.
   *
   * @param f features
   * @param block index of the first pixel's first channel of the block
   * @param depth number of pixels
   * @param g partial Gram matrix
   * @param at index of the tile
   * @param stride numbers from one row of g to the next
   */
  static void addDiagonal(float[] f, int block, int depth, float[] g, int at, int stride) {
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector c2 = FloatVector.zero(FLOATS);
    FloatVector c3 = FloatVector.zero(FLOATS);
    FloatVector c4 = FloatVector.zero(FLOATS);
    FloatVector c5 = FloatVector.zero(FLOATS);
    FloatVector c6 = FloatVector.zero(FLOATS);
    FloatVector c7 = FloatVector.zero(FLOATS);
    FloatVector c8 = FloatVector.zero(FLOATS);
    FloatVector c9 = FloatVector.zero(FLOATS);
    FloatVector c10 = FloatVector.zero(FLOATS);
    FloatVector c11 = FloatVector.zero(FLOATS);
    FloatVector c12 = FloatVector.zero(FLOATS);
    FloatVector c13 = FloatVector.zero(FLOATS);
    FloatVector c14 = FloatVector.zero(FLOATS);
    FloatVector c15 = FloatVector.zero(FLOATS);
    for (int k = 0; k < depth; k++) {
      FloatVector b = FloatVector.fromArray(FLOATS, f, block + k * BLOCK);
      c0 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK]).fma(b, c0);
      c1 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 1]).fma(b, c1);
      c2 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 2]).fma(b, c2);
      c3 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 3]).fma(b, c3);
      c4 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 4]).fma(b, c4);
      c5 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 5]).fma(b, c5);
      c6 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 6]).fma(b, c6);
      c7 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 7]).fma(b, c7);
      c8 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 8]).fma(b, c8);
      c9 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 9]).fma(b, c9);
      c10 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 10]).fma(b, c10);
      c11 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 11]).fma(b, c11);
      c12 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 12]).fma(b, c12);
      c13 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 13]).fma(b, c13);
      c14 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 14]).fma(b, c14);
      c15 = FloatVector.broadcast(FLOATS, f[block + k * BLOCK + 15]).fma(b, c15);
    }
    c0.add(FloatVector.fromArray(FLOATS, g, at)).intoArray(g, at);
    c1.add(FloatVector.fromArray(FLOATS, g, at + stride)).intoArray(g, at + stride);
    c2.add(FloatVector.fromArray(FLOATS, g, at + 2 * stride)).intoArray(g, at + 2 * stride);
    c3.add(FloatVector.fromArray(FLOATS, g, at + 3 * stride)).intoArray(g, at + 3 * stride);
    c4.add(FloatVector.fromArray(FLOATS, g, at + 4 * stride)).intoArray(g, at + 4 * stride);
    c5.add(FloatVector.fromArray(FLOATS, g, at + 5 * stride)).intoArray(g, at + 5 * stride);
    c6.add(FloatVector.fromArray(FLOATS, g, at + 6 * stride)).intoArray(g, at + 6 * stride);
    c7.add(FloatVector.fromArray(FLOATS, g, at + 7 * stride)).intoArray(g, at + 7 * stride);
    c8.add(FloatVector.fromArray(FLOATS, g, at + 8 * stride)).intoArray(g, at + 8 * stride);
    c9.add(FloatVector.fromArray(FLOATS, g, at + 9 * stride)).intoArray(g, at + 9 * stride);
    c10.add(FloatVector.fromArray(FLOATS, g, at + 10 * stride)).intoArray(g, at + 10 * stride);
    c11.add(FloatVector.fromArray(FLOATS, g, at + 11 * stride)).intoArray(g, at + 11 * stride);
    c12.add(FloatVector.fromArray(FLOATS, g, at + 12 * stride)).intoArray(g, at + 12 * stride);
    c13.add(FloatVector.fromArray(FLOATS, g, at + 13 * stride)).intoArray(g, at + 13 * stride);
    c14.add(FloatVector.fromArray(FLOATS, g, at + 14 * stride)).intoArray(g, at + 14 * stride);
    c15.add(FloatVector.fromArray(FLOATS, g, at + 15 * stride)).intoArray(g, at + 15 * stride);
  }

  private static void add8(
      float[] f, int left, int right, int secondVector, int depth, float[] g, int at, int stride) {
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
      FloatVector ba = FloatVector.fromArray(FLOATS, f, right + k * BLOCK);
      FloatVector bb = FloatVector.fromArray(FLOATS, f, right + secondVector + k * BLOCK);
      FloatVector a0 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 1]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 2]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 3]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
      FloatVector a4 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 4]);
      c4a = a4.fma(ba, c4a);
      c4b = a4.fma(bb, c4b);
      FloatVector a5 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 5]);
      c5a = a5.fma(ba, c5a);
      c5b = a5.fma(bb, c5b);
      FloatVector a6 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 6]);
      c6a = a6.fma(ba, c6a);
      c6b = a6.fma(bb, c6b);
      FloatVector a7 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 7]);
      c7a = a7.fma(ba, c7a);
      c7b = a7.fma(bb, c7b);
    }
    c0a.add(FloatVector.fromArray(FLOATS, g, at)).intoArray(g, at);
    c0b.add(FloatVector.fromArray(FLOATS, g, at + LANES)).intoArray(g, at + LANES);
    c1a.add(FloatVector.fromArray(FLOATS, g, at + stride)).intoArray(g, at + stride);
    c1b.add(FloatVector.fromArray(FLOATS, g, at + stride + LANES))
        .intoArray(g, at + stride + LANES);
    c2a.add(FloatVector.fromArray(FLOATS, g, at + 2 * stride)).intoArray(g, at + 2 * stride);
    c2b.add(FloatVector.fromArray(FLOATS, g, at + 2 * stride + LANES))
        .intoArray(g, at + 2 * stride + LANES);
    c3a.add(FloatVector.fromArray(FLOATS, g, at + 3 * stride)).intoArray(g, at + 3 * stride);
    c3b.add(FloatVector.fromArray(FLOATS, g, at + 3 * stride + LANES))
        .intoArray(g, at + 3 * stride + LANES);
    c4a.add(FloatVector.fromArray(FLOATS, g, at + 4 * stride)).intoArray(g, at + 4 * stride);
    c4b.add(FloatVector.fromArray(FLOATS, g, at + 4 * stride + LANES))
        .intoArray(g, at + 4 * stride + LANES);
    c5a.add(FloatVector.fromArray(FLOATS, g, at + 5 * stride)).intoArray(g, at + 5 * stride);
    c5b.add(FloatVector.fromArray(FLOATS, g, at + 5 * stride + LANES))
        .intoArray(g, at + 5 * stride + LANES);
    c6a.add(FloatVector.fromArray(FLOATS, g, at + 6 * stride)).intoArray(g, at + 6 * stride);
    c6b.add(FloatVector.fromArray(FLOATS, g, at + 6 * stride + LANES))
        .intoArray(g, at + 6 * stride + LANES);
    c7a.add(FloatVector.fromArray(FLOATS, g, at + 7 * stride)).intoArray(g, at + 7 * stride);
    c7b.add(FloatVector.fromArray(FLOATS, g, at + 7 * stride + LANES))
        .intoArray(g, at + 7 * stride + LANES);
  }

  private static void add4(
      float[] f, int left, int right, int secondVector, int depth, float[] g, int at, int stride) {
    FloatVector c0a = FloatVector.zero(FLOATS);
    FloatVector c0b = FloatVector.zero(FLOATS);
    FloatVector c1a = FloatVector.zero(FLOATS);
    FloatVector c1b = FloatVector.zero(FLOATS);
    FloatVector c2a = FloatVector.zero(FLOATS);
    FloatVector c2b = FloatVector.zero(FLOATS);
    FloatVector c3a = FloatVector.zero(FLOATS);
    FloatVector c3b = FloatVector.zero(FLOATS);
    for (int k = 0; k < depth; k++) {
      FloatVector ba = FloatVector.fromArray(FLOATS, f, right + k * BLOCK);
      FloatVector bb = FloatVector.fromArray(FLOATS, f, right + secondVector + k * BLOCK);
      FloatVector a0 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK]);
      c0a = a0.fma(ba, c0a);
      c0b = a0.fma(bb, c0b);
      FloatVector a1 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 1]);
      c1a = a1.fma(ba, c1a);
      c1b = a1.fma(bb, c1b);
      FloatVector a2 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 2]);
      c2a = a2.fma(ba, c2a);
      c2b = a2.fma(bb, c2b);
      FloatVector a3 = FloatVector.broadcast(FLOATS, f[left + k * BLOCK + 3]);
      c3a = a3.fma(ba, c3a);
      c3b = a3.fma(bb, c3b);
    }
    c0a.add(FloatVector.fromArray(FLOATS, g, at)).intoArray(g, at);
    c0b.add(FloatVector.fromArray(FLOATS, g, at + LANES)).intoArray(g, at + LANES);
    c1a.add(FloatVector.fromArray(FLOATS, g, at + stride)).intoArray(g, at + stride);
    c1b.add(FloatVector.fromArray(FLOATS, g, at + stride + LANES))
        .intoArray(g, at + stride + LANES);
    c2a.add(FloatVector.fromArray(FLOATS, g, at + 2 * stride)).intoArray(g, at + 2 * stride);
    c2b.add(FloatVector.fromArray(FLOATS, g, at + 2 * stride + LANES))
        .intoArray(g, at + 2 * stride + LANES);
    c3a.add(FloatVector.fromArray(FLOATS, g, at + 3 * stride)).intoArray(g, at + 3 * stride);
    c3b.add(FloatVector.fromArray(FLOATS, g, at + 3 * stride + LANES))
        .intoArray(g, at + 3 * stride + LANES);
  }
}
