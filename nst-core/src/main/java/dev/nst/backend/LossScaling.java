package dev.nst.backend;

/**
 * How the factor on the loss follows the gradients, so that those of float16 features neither
 * vanish nor overflow: dynamic loss scaling (Micikevicius et al. 2018, section 3.2) with the names
 * of PyTorch's {@code GradScaler}.
 *
 * @param initial scale of the first iteration, between {@code smallest} and {@code largest}
 * @param growthFactor factor on the scale after {@code growthInterval} finite gradients in a row,
 *     at least 1
 * @param backoffFactor factor on the scale after a gradient that is not finite, above 0 and below 1
 * @param growthInterval finite gradients in a row before the scale grows, at least 1 and at most
 *     2^24, which is as far as a float32 counts
 * @param smallest the scale never falls below it, above 0
 * @param largest the scale never rises above it, finite
 */
public record LossScaling(
    float initial,
    float growthFactor,
    float backoffFactor,
    int growthInterval,
    float smallest,
    float largest) {

  private static final int MOST_COUNTED = 1 << 24;

  /** Validates the ranges. */
  public LossScaling {
    if (!(smallest > 0 && smallest <= initial && initial <= largest) || Float.isInfinite(largest)) {
      throw new IllegalArgumentException(
          "the loss scale must start within its limits, which are above 0 and finite, got "
              + initial
              + " in ["
              + smallest
              + ", "
              + largest
              + "]");
    }
    if (!(growthFactor >= 1) || Float.isInfinite(growthFactor)) {
      throw new IllegalArgumentException(
          "the loss scale's growth factor must be at least 1, got " + growthFactor);
    }
    if (!(backoffFactor > 0 && backoffFactor < 1)) {
      throw new IllegalArgumentException(
          "the loss scale's backoff factor must lie between 0 and 1, got " + backoffFactor);
    }
    if (growthInterval < 1 || growthInterval > MOST_COUNTED) {
      throw new IllegalArgumentException(
          "the loss scale's growth interval must be from 1 to 2^24, got " + growthInterval);
    }
  }

  /**
   * Returns PyTorch's constants (65536, 2, 0.5), with two departures. It grows after 500 finite
   * gradients instead of 2000: a run has some 500 to 5000 iterations, and a scale that an early
   * overflow made too small should come back within it. And it stays between 1 and 2^24: a gradient
   * that overflows unscaled is not helped by less, and one that 2^24 does not lift out of the
   * subnormal numbers is zero in effect.
   */
  public static LossScaling defaults() {
    return new LossScaling(65536, 2, 0.5f, 500, 1, 1 << 24);
  }

  /**
   * What is kept from gradient to gradient.
   *
   * @param scale factor on the loss
   * @param streak finite gradients in a row so far
   */
  public record State(float scale, float streak) {}

  /** Returns what follows {@code state} when a gradient has come, finite or not. */
  public State after(State state, boolean finite) {
    if (!finite) {
      return new State(Math.max(state.scale() * backoffFactor, smallest), 0);
    }
    if (state.streak() + 1 >= growthInterval) {
      return new State(Math.min(state.scale() * growthFactor, largest), 0);
    }
    return new State(state.scale(), state.streak() + 1);
  }
}
