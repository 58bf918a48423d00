package dev.nst.cli.bench;

/**
 * One figure of {@code nst bench}.
 *
 * @param what what was measured: {@code gemm 1024}, {@code gatys 512x512}
 * @param seconds median of the rounds, for one product or one iteration
 * @param best shortest round
 * @param flops floating-point operations counted for it (direct convolution, a multiply-add as two)
 * @param peak the backend's measured peak, in operations a second, or NaN
 * @param bytes memory of tensors and filters planned for it, or 0
 */
public record Measurement(
    String what, double seconds, double best, double flops, double peak, long bytes) {

  /** Returns the operations a second at the median. */
  public double flopsPerSecond() {
    return flops / seconds;
  }

  /** Returns the share of the peak at the median, in [0, 1], or NaN. */
  public double shareOfPeak() {
    return flopsPerSecond() / peak;
  }
}
