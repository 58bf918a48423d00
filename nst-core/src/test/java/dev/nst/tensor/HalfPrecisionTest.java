package dev.nst.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  private static final int PATTERNS = 1 << 16;

  @Test
  void everyFloat16HasTheValueOfItsDefinition() {
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      float actual = HalfPrecision.float16ToFloat((short) pattern);
      assertSameFloat(definition(pattern, 5, 10), actual, pattern);
    }
  }

  @Test
  void everyBfloat16HasTheValueOfItsDefinition() {
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      float actual = HalfPrecision.bfloat16ToFloat((short) pattern);
      assertSameFloat(definition(pattern, 8, 7), actual, pattern);
    }
  }

  @Test
  void everyFloat16SurvivesTheWayThroughFloat() {
    assertRoundTrip(HalfPrecision::float16ToFloat, HalfPrecision::floatToFloat16, 0x7c00, 0x0200);
  }

  @Test
  void everyBfloat16SurvivesTheWayThroughFloat() {
    assertRoundTrip(HalfPrecision::bfloat16ToFloat, HalfPrecision::floatToBfloat16, 0x7f80, 0x0040);
  }

  @Test
  void narrowingToFloat16SwitchesExactlyHalfwayBetweenNeighbours() {
    assertRounding(HalfPrecision::float16ToFloat, HalfPrecision::floatToFloat16, 0x7c00, 0x1p16);
  }

  @Test
  void narrowingToBfloat16SwitchesExactlyHalfwayBetweenNeighbours() {
    assertRounding(HalfPrecision::bfloat16ToFloat, HalfPrecision::floatToBfloat16, 0x7f80, 0x1p128);
  }

  @Property
  void narrowingToFloat16KeepsSignAndErrsByHalfAStepAtMost(@ForAll float value) {
    float back = HalfPrecision.float16ToFloat(HalfPrecision.floatToFloat16(value));
    double step = Math.max(0x1p-24, Math.ulp(value) * 0x1p13);
    assertTrue(
        Math.abs(value) >= 65520f
            ? Float.isInfinite(back)
            : Math.abs((double) back - value) <= step / 2,
        () -> value + " became " + back);
    assertEquals(Math.copySign(1f, value), Math.copySign(1f, back));
  }

  @Property
  void narrowingToBfloat16KeepsSignAndErrsByHalfAStepAtMost(@ForAll float value) {
    float back = HalfPrecision.bfloat16ToFloat(HalfPrecision.floatToBfloat16(value));
    double step = Math.ulp(value) * 0x1p16;
    assertTrue(
        Float.isInfinite(back)
            ? Math.abs((double) value) >= 0x1.ffp127
            : Math.abs((double) back - value) <= step / 2,
        () -> value + " became " + back);
    assertEquals(Math.copySign(1f, value), Math.copySign(1f, back));
  }

  /** The value of a 16-bit pattern, by the definition of IEEE 754 in double arithmetic. */
  private static float definition(int pattern, int exponentBits, int fractionBits) {
    int exponent = (pattern >> fractionBits) & ((1 << exponentBits) - 1);
    double fraction = (pattern & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
    int bias = (1 << (exponentBits - 1)) - 1;
    double magnitude;
    if (exponent == (1 << exponentBits) - 1) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = fraction * Math.pow(2, 1 - bias);
    } else {
      magnitude = (1 + fraction) * Math.pow(2, exponent - bias);
    }
    return (float) (pattern < 0x8000 ? magnitude : -magnitude);
  }

  private static void assertSameFloat(float expected, float actual, int pattern) {
    if (Float.isNaN(expected)) {
      assertTrue(Float.isNaN(actual), () -> Integer.toHexString(pattern));
      assertEquals(pattern >= 0x8000, Float.floatToRawIntBits(actual) < 0, "sign of a NaN");
    } else {
      assertEquals(
          Float.floatToRawIntBits(expected),
          Float.floatToRawIntBits(actual),
          () -> Integer.toHexString(pattern));
    }
  }

  private static void assertRoundTrip(
      Function<Short, Float> widen, Function<Float, Short> narrow, int infinity, int quietBit) {
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      boolean nan = (pattern & 0x7fff) > infinity;
      int expected = nan ? pattern | quietBit : pattern;
      int actual = narrow.apply(widen.apply((short) pattern)) & 0xffff;
      if (expected != actual) {
        assertEquals(Integer.toHexString(expected), Integer.toHexString(actual));
      }
    }
  }

  /** Checks the midpoint of every two neighbours and the floats on either side of it. */
  private static void assertRounding(
      Function<Short, Float> widen, Function<Float, Short> narrow, int infinity, double overflow) {
    for (int lower = 0; lower < infinity; lower++) {
      double low = widen.apply((short) lower);
      double high = lower + 1 == infinity ? overflow : widen.apply((short) (lower + 1));
      float midpoint = (float) ((low + high) / 2);
      int even = lower % 2 == 0 ? lower : lower + 1;
      assertNarrows(narrow, midpoint, even);
      assertNarrows(narrow, Math.nextDown(midpoint), lower);
      assertNarrows(narrow, Math.nextUp(midpoint), lower + 1);
    }
  }

  private static void assertNarrows(Function<Float, Short> narrow, float value, int expected) {
    assertEquals(expected, narrow.apply(value) & 0xffff, () -> Float.toHexString(value));
    assertEquals(expected | 0x8000, narrow.apply(-value) & 0xffff, () -> "negated");
  }
}
