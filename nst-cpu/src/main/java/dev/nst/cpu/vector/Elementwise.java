package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Element-wise loops over the numbers {@code [from, to)} of float arrays, whole vectors each
 * ({@link Layout} pads arrays for that).
 */
final class Elementwise {

  private Elementwise() {}

  /** {@code y = max(x, 0)}, NaN stays NaN. */
  static void relu(float[] y, float[] x, int from, int to) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = from; i < to; i += LANES) {
      FloatVector.fromArray(FLOATS, x, i).max(zero).intoArray(y, i);
    }
  }

  /** {@link #relu} in place on {@code count} vectors, {@code stride} numbers apart. */
  static void reluStrided(float[] y, int at, int count, int stride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i++) {
      FloatVector.fromArray(FLOATS, y, at + i * stride).max(zero).intoArray(y, at + i * stride);
    }
  }

  /** {@code dx = y > 0 ? dy : 0}. */
  static void reluBackward(float[] dx, float[] dy, float[] y, int from, int to) {
    copyMasked(dx, from, dy, y, from, to - from);
  }

  /**
   * Copies {@code count} numbers of x, those of them as 0 for which the mask is not above 0.
   *
   * @param y destination, from {@code to}
   * @param from where the numbers and the mask begin
   */
  static void copyMasked(float[] y, int to, float[] x, float[] mask, int from, int count) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector m = FloatVector.fromArray(FLOATS, mask, from + i);
      zero.blend(FloatVector.fromArray(FLOATS, x, from + i), m.compare(VectorOperators.GT, zero))
          .intoArray(y, to + i);
    }
  }

  /** {@code y = a + b}. */
  static void add(float[] y, float[] a, float[] b, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector.fromArray(FLOATS, a, i).add(FloatVector.fromArray(FLOATS, b, i)).intoArray(y, i);
    }
  }

  /** {@code y = factor * x}. */
  static void scale(float[] y, float[] x, float factor, int from, int to) {
    FloatVector f = FloatVector.broadcast(FLOATS, factor);
    for (int i = from; i < to; i += LANES) {
      FloatVector.fromArray(FLOATS, x, i).mul(f).intoArray(y, i);
    }
  }

  /** {@code y = y + factor * x}. */
  static void addScaled(float[] y, float[] x, float factor, int from, int to) {
    FloatVector f = FloatVector.broadcast(FLOATS, factor);
    for (int i = from; i < to; i += LANES) {
      FloatVector.fromArray(FLOATS, x, i)
          .mul(f)
          .add(FloatVector.fromArray(FLOATS, y, i))
          .intoArray(y, i);
    }
  }

  /**
   * {@code y = factor * x + offset} where each pixel's block of channels has factors and offsets.
   */
  static void affineBlocks(
      float[] y, float[] x, float[] factors, float[] offsets, int at, int from, int to) {
    for (int lane = 0; lane < Layout.BLOCK; lane += LANES) {
      FloatVector f = FloatVector.fromArray(FLOATS, factors, at + lane);
      FloatVector o = FloatVector.fromArray(FLOATS, offsets, at + lane);
      for (int i = from + lane; i < to; i += Layout.BLOCK) {
        FloatVector.fromArray(FLOATS, x, i).mul(f).add(o).intoArray(y, i);
      }
    }
  }

  /** {@code y = factor * x + offset}; the range need not be whole vectors. */
  static void affine(float[] y, float[] x, float factor, float offset, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = factor * x[i] + offset;
    }
  }

  /** {@code da (+)= factor * (a - b)}. */
  static void scaledDifference(
      float[] da, float[] a, float[] b, float factor, boolean accumulate, int from, int to) {
    FloatVector f = FloatVector.broadcast(FLOATS, factor);
    for (int i = from; i < to; i += LANES) {
      FloatVector d =
          FloatVector.fromArray(FLOATS, a, i).sub(FloatVector.fromArray(FLOATS, b, i)).mul(f);
      if (accumulate) {
        d = d.add(FloatVector.fromArray(FLOATS, da, i));
      }
      d.intoArray(da, i);
    }
  }
}
