package dev.nst.image;

/**
 * The weights that turn one line of {@code inputSize} samples into one of {@code outputSize}: for
 * every output sample the inputs that it covers and their share in it, as Pillow computes them.
 *
 * <p>An output sample sits at the centre of the stretch of input that it stands for. It is the mean
 * of the inputs below a triangle around that centre, whose half-width is one input sample when
 * enlarging, and one output sample, measured in inputs, when reducing; the latter is what keeps
 * fine detail from turning into jagged edges. Triangles that stick out over the picture's edge are
 * cut off there and normalised to sum 1.
 */
final class ResampleWeights {
  /** Fraction bits of a weight: 32 less 8 for the sample and 2 of head room, as in Pillow. */
  static final int FRACTION_BITS = 22;

  private final int[] firsts;
  private final int[] counts;
  private final int[] weights;
  private final int stride;

  private ResampleWeights(int outputSize, int stride) {
    this.firsts = new int[outputSize];
    this.counts = new int[outputSize];
    this.weights = new int[Math.multiplyExact(outputSize, stride)];
    this.stride = stride;
  }

  /** Weights of the triangle filter, PIL's {@code BILINEAR}. */
  static ResampleWeights bilinear(int inputSize, int outputSize) {
    double scale = (double) inputSize / outputSize;
    double support = Math.max(scale, 1.0);
    // One more than can ever be covered, so that rounding at either end cannot overflow a row.
    ResampleWeights result = new ResampleWeights(outputSize, 2 * (int) Math.ceil(support) + 1);
    double[] shares = new double[result.stride];
    for (int out = 0; out < outputSize; out++) {
      double centre = (out + 0.5) * scale;
      int first = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(inputSize, (int) (centre + support + 0.5));
      triangle(shares, first, end - first, centre, support);
      result.set(out, first, end - first, shares);
    }
    return result;
  }

  /** Fills in the shares, of sum 1, of {@code count} samples from {@code first} on. */
  private static void triangle(
      double[] shares, int first, int count, double centre, double support) {
    // Multiplying by the reciprocal, not dividing, is what Pillow does; the last bit may differ.
    double reciprocal = 1.0 / support;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double distance = Math.abs((i + first - centre + 0.5) * reciprocal);
      shares[i] = distance < 1.0 ? 1.0 - distance : 0.0;
      sum += shares[i];
    }
    for (int i = 0; i < count; i++) {
      shares[i] /= sum;
    }
  }

  private void set(int out, int first, int count, double[] shares) {
    firsts[out] = first;
    counts[out] = count;
    for (int i = 0; i < count; i++) {
      weights[out * stride + i] = (int) (0.5 + shares[i] * (1 << FRACTION_BITS));
    }
  }

  /** Index of the first input sample that output {@code out} covers. */
  int first(int out) {
    return firsts[out];
  }

  /** How many input samples output {@code out} covers, at least 1. */
  int count(int out) {
    return counts[out];
  }

  /** Position in {@link #weights()} of the first weight of output {@code out}. */
  int offset(int out) {
    return out * stride;
  }

  /** All weights, not a copy. */
  int[] weights() {
    return weights;
  }
}
