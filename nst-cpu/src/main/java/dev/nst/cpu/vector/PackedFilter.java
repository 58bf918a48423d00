package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;

/**
 * The weights of a 3x3 convolution, packed for the forward pass at once and for the backward pass
 * when that first comes by. Both forms are counted in {@link #bytes} from the start.
 */
final class PackedFilter implements VectorFilter {

  private final int outChannels;
  private final int inChannels;
  private PackedMatrix forward;
  private float[] bias;
  private PackedMatrix backward;

  private PackedFilter(int outChannels, int inChannels, PackedMatrix forward, float[] bias) {
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    this.forward = forward;
    this.bias = bias;
  }

  static PackedFilter pack(
      WorkerPool pool, float[] weights, float[] bias, int outChannels, int inChannels) {
    PackedMatrix forward =
        packNeighbourhoods(
            pool,
            inChannels,
            outChannels,
            (channel, tap, out) -> weights[(out * inChannels + channel) * 9 + tap]);
    float[] padded = HeapMemory.floats(biasLength(outChannels));
    System.arraycopy(bias, 0, padded, Layout.OFFSET, outChannels);
    return new PackedFilter(outChannels, inChannels, forward, padded);
  }

  /** Returns the bytes of both forms and the bias. */
  static long bytes(int outChannels, int inChannels) {
    long numbers = PackedMatrix.length(9 * inChannels, outChannels) + biasLength(outChannels);
    numbers +=
        Layout.isBlocked(inChannels)
            ? PackedMatrix.length(9 * outChannels, inChannels)
            : PackedMatrix.length(outChannels, 9 * inChannels);
    return numbers * Float.BYTES;
  }

  private static long biasLength(int outChannels) {
    return Layout.OFFSET + (long) PackedMatrix.panels(outChannels) * MicroKernel.COLUMNS;
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

  /** Returns the bias, from {@link Layout#OFFSET}, padded to whole panels. */
  float[] bias() {
    return bias;
  }

  /**
   * Returns {@code [9 C, K]}, rows in the order of {@link ConvRows} or {@link ImageConvolution}.
   */
  PackedMatrix forward() {
    if (forward == null) {
      throw new IllegalStateException("a convolution filter was used after its close");
    }
    return forward;
  }

  /**
   * Returns the weights for the gradient: where the input is blocked, {@code [9 K, C]}, the forward
   * form of the transposed and rotated filter; where it is planar, {@code [K, 9 C]}, what a pixel
   * of the output's gradient adds to each of nine pixels, tap by tap ({@link ImageGradient}).
   */
  PackedMatrix backward(WorkerPool pool) {
    if (backward == null) {
      PackedMatrix w = forward();
      backward =
          Layout.isBlocked(inChannels)
              ? packNeighbourhoods(
                  pool,
                  outChannels,
                  inChannels,
                  (channel, tap, out) -> w.at(depthIndex(inChannels, out, 8 - tap), channel))
              : PackedMatrix.pack(
                  pool,
                  outChannels,
                  9 * inChannels,
                  PixelRows.SLICE_DEPTH,
                  (channel, n) ->
                      w.at(depthIndex(inChannels, n % inChannels, n / inChannels), channel));
    }
    return backward;
  }

  private interface Weights {
    float at(int channel, int tap, int out);
  }

  private static PackedMatrix packNeighbourhoods(
      WorkerPool pool, int channels, int columns, Weights weights) {
    return Layout.isBlocked(channels)
        ? PackedMatrix.pack(
            pool,
            9 * channels,
            columns,
            ConvRows.SLICE_DEPTH,
            (k, n) -> weights.at(ConvRows.channel(channels, k), ConvRows.tap(channels, k), n))
        : PackedMatrix.pack(
            pool, 9 * channels, columns, 9 * channels, (k, n) -> weights.at(k / 9, k % 9, n));
  }

  private static int depthIndex(int channels, int channel, int tap) {
    return Layout.isBlocked(channels) ? ConvRows.column(channels, channel, tap) : channel * 9 + tap;
  }

  @Override
  public void close() {
    forward = null;
    backward = null;
    bias = null;
  }
}
