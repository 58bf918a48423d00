package dev.nst.contract;

/**
 * SplitMix64 used as a counter-based generator (Steele, Lea, Flood 2014, "Fast splittable
 * pseudorandom number generators"): every uniform is a pure function of a seed and an index.
 *
 * <p>Mirrors {@code uniforms} in {@code scripts/goldens/synthetic.py}.
 */
final class SplitMix64 {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private SplitMix64() {}

  /** The uniform number {@code index} (from 0) of the stream {@code seed}, in [0, 1). */
  static double uniform(long seed, long index) {
    long z = seed + (index + 1) * GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z = z ^ (z >>> 31);
    return (z >>> 11) * 0x1.0p-53;
  }
}
