package dev.nst.tensor;

/**
 * Conversions between {@code float} and the two 16-bit formats, each held in a {@code short}.
 *
 * <p>Widening is exact. Narrowing rounds to the nearest value and, halfway between two, to the one
 * with an even last bit; what is too large becomes infinite; signed zeros and subnormals are kept.
 * A NaN stays a NaN of the same sign with as much of its payload as fits, made quiet when it is
 * narrowed.
 *
 * <p>These do what {@code Float.float16ToFloat} and {@code Float.floatToFloat16} do, which Java 17
 * does not have.
 */
public final class HalfPrecision {
  private static final int FLOAT_INFINITY = 0x7f80_0000;

  /** 65520, halfway between the largest binary16 and the power of two above it. */
  private static final int FLOAT16_OVERFLOW = 0x477f_f000;

  /** 2^-14, the smallest normal binary16. */
  private static final int FLOAT16_MIN_NORMAL = 0x3880_0000;

  /** The difference of the exponent biases, 127 - 15, in a float's exponent field. */
  private static final int FLOAT16_REBIAS = 112 << 23;

  private HalfPrecision() {}

  /**
   * Widens a binary16.
   *
   * @param half the 16 bits of an IEEE 754 binary16
   * @return the same value
   */
  public static float float16ToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half & 0x7c00;
    int fraction = half & 0x03ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int magnitude = ((half & 0x7fff) << 13) + FLOAT16_REBIAS;
    if (exponent == 0x7c00) {
      magnitude |= FLOAT_INFINITY;
    }
    return Float.intBitsToFloat(sign | magnitude);
  }

  /**
   * Narrows to binary16, rounding to nearest even.
   *
   * @param value any float
   * @return the 16 bits of the nearest IEEE 754 binary16; magnitudes of 65520 and more are infinite
   */
  public static short floatToFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    int half;
    if (magnitude > FLOAT_INFINITY) {
      half = 0x7e00 | ((magnitude >>> 13) & 0x03ff);
    } else if (magnitude >= FLOAT16_OVERFLOW) {
      half = 0x7c00;
    } else if (magnitude >= FLOAT16_MIN_NORMAL) {
      // Adding just under half of the last place kept, plus that place's own bit, carries exactly
      // when the discarded part is above one half, or equal to it with an odd last bit.
      int lastBit = (magnitude >>> 13) & 1;
      half = (magnitude - FLOAT16_REBIAS + 0x0fff + lastBit) >>> 13;
    } else {
      // The last place of 0.5f is 2^-24, the step of binary16's subnormals, so this addition
      // rounds as wanted and leaves the fraction in the lowest bits.
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      half = Float.floatToRawIntBits(shifted) - 0x3f00_0000;
    }
    return (short) (sign | half);
  }

  /**
   * Widens a bfloat16.
   *
   * @param brain the 16 bits of a bfloat16
   * @return the same value
   */
  public static float bfloat16ToFloat(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  /**
   * Narrows to bfloat16, rounding to nearest even.
   *
   * @param value any float
   * @return the 16 bits of the nearest bfloat16
   */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fff_ffff) > FLOAT_INFINITY) {
      return (short) ((bits >>> 16) | 0x0040);
    }
    int lastBit = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + lastBit) >>> 16);
  }
}
