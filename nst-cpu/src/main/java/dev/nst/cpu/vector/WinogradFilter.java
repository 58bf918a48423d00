package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;

/**
 * The weights of a 3x3 convolution between feature maps, transformed by {@link Winograd}: for each
 * direction four times the numbers of the weights themselves in F(4x4, 3x3).
 */
final class WinogradFilter implements VectorFilter {

  private final Winograd winograd;
  private final int outChannels;
  private final int inChannels;
  private PointMatrices forward;
  private PointMatrices backward;
  private float[] bias;

  private WinogradFilter(
      Winograd winograd, int outChannels, int inChannels, PointMatrices forward, float[] bias) {
    this.winograd = winograd;
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    this.forward = forward;
    this.bias = bias;
  }

  static WinogradFilter transform(
      Winograd winograd,
      WorkerPool pool,
      float[] weights,
      float[] bias,
      int outChannels,
      int inChannels) {
    PointMatrices forward = new PointMatrices(winograd.points(), inChannels, outChannels);
    pool.parallelFor(
        outChannels,
        (out, worker) -> {
          double[] taps = new double[9];
          for (int channel = 0; channel < inChannels; channel++) {
            for (int tap = 0; tap < 9; tap++) {
              taps[tap] = weights[(out * inChannels + channel) * 9 + tap];
            }
            double[] points = winograd.transformFilter(taps);
            for (int point = 0; point < points.length; point++) {
              forward.data()[forward.index(point, channel, out)] = (float) points[point];
            }
          }
        });
    float[] padded = HeapMemory.floats(biasLength(outChannels));
    System.arraycopy(bias, 0, padded, Layout.OFFSET, outChannels);
    return new WinogradFilter(winograd, outChannels, inChannels, forward, padded);
  }

  /** Returns the bytes of the weights for both directions and the bias. */
  static long bytes(Winograd winograd, int outChannels, int inChannels) {
    return Float.BYTES
        * (PointMatrices.length(winograd.points(), inChannels, outChannels)
            + PointMatrices.length(winograd.points(), outChannels, inChannels)
            + biasLength(outChannels));
  }

  private static long biasLength(int outChannels) {
    return Layout.OFFSET + (long) Layout.blocks(outChannels) * Layout.BLOCK;
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
    return bytes(winograd, outChannels, inChannels);
  }

  Winograd winograd() {
    return winograd;
  }

  /** Returns the bias, from {@link Layout#OFFSET}, padded to whole blocks. */
  float[] bias() {
    return bias;
  }

  /** Returns {@code [C, K]} at each point. */
  PointMatrices forward() {
    if (forward == null) {
      throw new IllegalStateException("a convolution filter was used after its close");
    }
    return forward;
  }

  /** Returns {@code [K, C]} at each point of the filter turned by 180 degrees. */
  PointMatrices backward(WorkerPool pool) {
    if (backward == null) {
      PointMatrices from = forward();
      PointMatrices to = new PointMatrices(winograd.points(), outChannels, inChannels);
      pool.parallelFor(
          winograd.points(),
          (point, worker) -> {
            int turned = winograd.turned(point);
            for (int out = 0; out < outChannels; out++) {
              for (int channel = 0; channel < inChannels; channel++) {
                to.data()[to.index(point, out, channel)] =
                    from.data()[from.index(turned, channel, out)];
              }
            }
          });
      backward = to;
    }
    return backward;
  }

  @Override
  public void close() {
    forward = null;
    backward = null;
    bias = null;
  }
}
