package dev.nst.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LossScalingTest {

  @Test
  void defaultsGrowWithinARun() {
    LossScaling defaults = LossScaling.defaults();
    assertEquals(65536, defaults.initial());
    assertEquals(500, defaults.growthInterval());
    assertEquals(1, defaults.smallest());
    assertEquals(16777216, defaults.largest());
  }

  @Test
  void constantsOutOfRangeAreRefused() {
    refused(0.5f, 2, 0.5f, 1, 1, 8);
    refused(16, 2, 0.5f, 1, 1, 8);
    refused(Float.NaN, 2, 0.5f, 1, 1, 8);
    refused(1, 2, 0.5f, 1, 0, 8);
    refused(1, 2, 0.5f, 1, 1, Float.POSITIVE_INFINITY);
    refused(1, 0.9f, 0.5f, 1, 1, 8);
    refused(1, Float.POSITIVE_INFINITY, 0.5f, 1, 1, 8);
    refused(1, 2, 0, 1, 1, 8);
    refused(1, 2, 1, 1, 1, 8);
    refused(1, 2, 0.5f, 0, 1, 8);
    refused(1, 2, 0.5f, (1 << 24) + 1, 1, 8);
  }

  private static void refused(
      float initial, float growth, float backoff, int interval, float smallest, float largest) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new LossScaling(initial, growth, backoff, interval, smallest, largest));
  }
}
