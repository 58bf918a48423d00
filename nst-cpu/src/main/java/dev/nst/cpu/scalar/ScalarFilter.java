package dev.nst.cpu.scalar;

import dev.nst.backend.ConvFilter;

/**
 * A 3x3 filter as it came.
 *
 * @param weights {@code [K, C, 3, 3]} row-major
 * @param bias {@code [K]}
 */
record ScalarFilter(float[] weights, float[] bias, int outChannels, int inChannels)
    implements ConvFilter {

  @Override
  public long bytes() {
    return ((long) weights.length + bias.length) * Float.BYTES;
  }

  @Override
  public void close() {
    // The garbage collector takes the arrays.
  }
}
