package dev.nst.cpu.scalar;

import dev.nst.backend.ConvFilter;

/** A 3x3 filter as it came. */
final class ScalarFilter implements ConvFilter {

  private final int outChannels;
  private final int inChannels;
  private final long bytes;
  private float[] weights;
  private float[] bias;

  /**
   * A filter that keeps these arrays.
   *
   * @param weights {@code [K, C, 3, 3]} row-major
   * @param bias {@code [K]}
   */
  ScalarFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    this.bytes = ((long) weights.length + bias.length) * Float.BYTES;
    this.weights = weights;
    this.bias = bias;
  }

  @Override
  public int outChannels() {
    return outChannels;
  }

  @Override
  public int inChannels() {
    return inChannels;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  float[] weights() {
    return notClosed(weights);
  }

  float[] bias() {
    return notClosed(bias);
  }

  private static float[] notClosed(float[] numbers) {
    if (numbers == null) {
      throw new IllegalStateException("a convolution filter was used after its close");
    }
    return numbers;
  }

  @Override
  public void close() {
    weights = null;
    bias = null;
  }
}
