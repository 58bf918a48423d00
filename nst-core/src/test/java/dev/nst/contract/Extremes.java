package dev.nst.contract;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import java.util.Random;

/**
 * Random numbers from the ends of what a tensor can hold: arrays of zeros of either sign, of
 * denormal numbers, of numbers that are small, ordinary or large, and of all of these together.
 */
final class Extremes {

  private enum Kind {
    ZERO,
    DENORMAL,
    SMALL,
    ORDINARY,
    LARGE,
    MIXED
  }

  /** What arrays are made of. */
  private static final Kind[] FREQUENT = {
    Kind.ZERO,
    Kind.DENORMAL,
    Kind.SMALL,
    Kind.ORDINARY,
    Kind.LARGE,
    Kind.LARGE,
    Kind.LARGE,
    Kind.MIXED,
    Kind.MIXED,
    Kind.MIXED
  };

  /** What the numbers of a mixed array are. */
  private static final Kind[] SINGLE = {
    Kind.ZERO, Kind.DENORMAL, Kind.SMALL, Kind.ORDINARY, Kind.LARGE
  };

  private final Random random;
  private final DType featureType;

  Extremes(long seed, DType featureType) {
    this.random = new Random(seed);
    this.featureType = featureType;
  }

  /** Returns the smallest normal number of a type, below which its numbers lose precision. */
  static double smallestNormal(DType type) {
    return type == DType.F16 ? 0x1p-14 : Float.MIN_NORMAL;
  }

  /**
   * Returns up to where results are tried. Three orders of magnitude below the largest float32 lie
   * here, since transformed convolutions (Winograd) pass through sums of several hundred times the
   * terms of the result; for float16, whose sums are float32, a factor of two.
   */
  static double largestResult(DType type) {
    return type == DType.F16 ? 3e4 : 1e35;
  }

  /** Returns numbers for a tensor of the backend's feature type. */
  double[] features(Shape shape, double most) {
    return draw(Reference64.size(shape), most, featureType);
  }

  /** Returns numbers for a float32 tensor. */
  double[] floats(int size, double most) {
    return draw(size, most, DType.F32);
  }

  /** Returns a number for a parameter. */
  float factor(double most) {
    return (float) floats(1, most)[0];
  }

  /** Returns what to fill memory with that kernels must not read: what spoils every sum. */
  float poison() {
    float[] poisons = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    return poisons[random.nextInt(poisons.length)];
  }

  private double[] draw(int size, double most, DType type) {
    Kind kind = FREQUENT[random.nextInt(FREQUENT.length)];
    int signs = random.nextInt(3);
    double large = Math.min(most, type == DType.F16 ? largestResult(type) : 1e30);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      Kind own = kind == Kind.MIXED ? SINGLE[random.nextInt(SINGLE.length)] : kind;
      double value = draw(own, random.nextDouble(), large, type);
      // Alike or in turns they let sums reach their bounds, at random they let them cancel.
      boolean negative = signs == 0 ? random.nextBoolean() : signs == 1 && i % 2 == 1;
      values[i] = Values.round(negative ? -value : value, type);
    }
    return values;
  }

  private static double draw(Kind kind, double fraction, double large, DType type) {
    double value =
        switch (kind) {
          case ZERO -> 0;
          case DENORMAL -> smallestNormal(type) * fraction;
          case SMALL -> (type == DType.F16 ? 1e-3 : 1e-30) * fraction;
          case LARGE -> large;
          case ORDINARY, MIXED -> fraction;
        };
    return Math.min(value, large);
  }
}
