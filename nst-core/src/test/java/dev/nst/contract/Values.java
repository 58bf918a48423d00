package dev.nst.contract;

import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import dev.nst.tensor.Shape;
import java.util.Random;

/**
 * Random numbers for kernels, all of them representable in the type of the tensor they are for, so
 * that reference and backend start from the same numbers. Half of the arrays are Gaussian; the
 * other half hold small multiples of one number, so that zeros and ties are common. Their
 * magnitudes differ too.
 */
final class Values {

  private static final double[] WIDE = {1e-3, 1, 1, 1e3};
  // Products of such numbers stay within float16, below 65504 and above 6e-5.
  private static final double[] NARROW = {0.25, 1, 1, 2};

  private final Random random;
  private final DType featureType;

  Values(long seed, DType featureType) {
    this.random = new Random(seed);
    this.featureType = featureType;
  }

  /** Returns numbers for a tensor of the backend's feature type. */
  double[] features(Shape shape) {
    return draw(Reference64.size(shape), featureType, magnitude());
  }

  /** Returns numbers for a float32 tensor. */
  double[] floats(Shape shape) {
    return floats(Reference64.size(shape));
  }

  /** Returns numbers for a float array. */
  double[] floats(int size) {
    return draw(size, DType.F32, magnitude());
  }

  /** Returns Gaussian float32 numbers of the given standard deviation. */
  double[] gaussian(int size, double deviation) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** Returns Gaussian numbers of unit deviation for a tensor of the backend's feature type. */
  double[] gaussianFeatures(Shape shape) {
    return awayFromKinks(shape, 0);
  }

  /** Returns {@code count} different numbers from 0 up to {@code bound}. */
  int[] indices(int count, int bound) {
    return random.ints(0, bound).distinct().limit(count).toArray();
  }

  /** Returns a factor for a kernel: 1, something else, or negative. */
  float factor() {
    float[] factors = {1, 2, 0.375f, -1.5f};
    return factors[random.nextInt(factors.length)];
  }

  /**
   * Returns Gaussian numbers of the feature type, every one of which differs by {@code margin} or
   * more from zero and from its eight neighbours: no ReLU, 2x2 maximum or total variation bends
   * nearby.
   */
  double[] awayFromKinks(Shape shape, double margin) {
    double[] x = new double[Reference64.size(shape)];
    for (int plane = 0; plane < shape.n() * shape.c(); plane++) {
      for (int i = 0; i < shape.h(); i++) {
        for (int j = 0; j < shape.w(); j++) {
          int at = (plane * shape.h() + i) * shape.w() + j;
          do {
            x[at] = round(random.nextGaussian(), featureType);
          } while (tooClose(x, shape, plane, i, j, margin));
        }
      }
    }
    return x;
  }

  private static boolean tooClose(double[] x, Shape s, int plane, int i, int j, double margin) {
    double value = x[(plane * s.h() + i) * s.w() + j];
    boolean close = Math.abs(value) < margin;
    int[][] drawnBefore = {{i, j - 1}, {i - 1, j - 1}, {i - 1, j}, {i - 1, j + 1}};
    for (int[] other : drawnBefore) {
      if (Reference64.inside(s, other[0], other[1])) {
        double neighbour = x[(plane * s.h() + other[0]) * s.w() + other[1]];
        close |= Math.abs(value - neighbour) < margin;
      }
    }
    return close;
  }

  private double[] draw(int size, DType type, double magnitude) {
    boolean multiples = random.nextBoolean();
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      double value = multiples ? random.nextInt(5) - 2 : random.nextGaussian();
      values[i] = round(magnitude * value, type);
    }
    return values;
  }

  private double magnitude() {
    double[] magnitudes = featureType == DType.F16 ? NARROW : WIDE;
    return magnitudes[random.nextInt(magnitudes.length)];
  }

  static double round(double value, DType type) {
    float single = (float) value;
    return switch (type) {
      case F32 -> single;
      case F16 -> HalfPrecision.float16ToFloat(HalfPrecision.floatToFloat16(single));
      case BF16 -> HalfPrecision.bfloat16ToFloat(HalfPrecision.floatToBfloat16(single));
    };
  }
}
