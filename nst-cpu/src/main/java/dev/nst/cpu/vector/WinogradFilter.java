package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;

/**
 * The weights of a 3x3 convolution between feature maps, transformed by {@link Winograd}: four
 * times the numbers of the weights themselves.
 */
final class WinogradFilter implements VectorFilter {

  private final int outChannels;
  private final int inChannels;
  private PointMatrices forward;
  private PointMatrices backward;
  private float[] bias;

  private WinogradFilter(int outChannels, int inChannels, PointMatrices forward, float[] bias) {
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    this.forward = forward;
    this.bias = bias;
  }

  static WinogradFilter transform(
      WorkerPool pool, float[] weights, float[] bias, int outChannels, int inChannels) {
    PointMatrices forward = new PointMatrices(inChannels, outChannels);
    pool.parallelFor(
        outChannels,
        (out, worker) -> {
          double[] taps = new double[9];
          for (int channel = 0; channel < inChannels; channel++) {
            for (int tap = 0; tap < 9; tap++) {
              taps[tap] = weights[(out * inChannels + channel) * 9 + tap];
            }
            double[] points = Winograd.transformFilter(taps);
            int at = forward.index(channel, out);
            for (int point = 0; point < Winograd.POINTS; point++) {
              forward.data()[at + point * forward.pointSize()] = (float) points[point];
            }
          }
        });
    float[] padded = HeapMemory.floats(biasLength(outChannels));
    System.arraycopy(bias, 0, padded, Layout.OFFSET, outChannels);
    return new WinogradFilter(outChannels, inChannels, forward, padded);
  }

  /** Returns the bytes of the weights for both directions and the bias. */
  static long bytes(int outChannels, int inChannels) {
    return Float.BYTES
        * (PointMatrices.length(inChannels, outChannels)
            + PointMatrices.length(outChannels, inChannels)
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
    return bytes(outChannels, inChannels);
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
      PointMatrices to = new PointMatrices(outChannels, inChannels);
      pool.parallelFor(
          Winograd.POINTS,
          (point, worker) -> {
            int fromPoint = Winograd.turned(point) * from.pointSize();
            int toPoint = point * to.pointSize();
            for (int out = 0; out < outChannels; out++) {
              for (int channel = 0; channel < inChannels; channel++) {
                to.data()[toPoint + to.index(out, channel)] =
                    from.data()[fromPoint + from.index(channel, out)];
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
