package dev.nst.cli.bench;

/**
 * What was measured of an entrant at one kind of work.
 *
 * @param what the work: {@code gemm 1024}, {@code gatys 512x512}
 * @param timing of one product or one iteration
 * @param operations floating-point operations counted for it (convolutions by the direct method, a
 *     multiply-add as two)
 * @param plannedBytes memory of tensors, filters and workspaces planned for it, or 0
 * @param heapBytes the most of the Java heap used while it was set up and warmed up, or 0
 */
public record Measurement(
    String what,
    Entrant entrant,
    Timing timing,
    double operations,
    long plannedBytes,
    long heapBytes) {

  /** Returns the runs a second at the median. */
  public double perSecond() {
    return 1 / timing.median();
  }

  /** Returns the operations a second at the median. */
  public double operationsPerSecond() {
    return operations / timing.median();
  }

  /** Returns the share of the entrant's peak at the median, 1 for all of it, or NaN. */
  public double shareOfPeak() {
    return operationsPerSecond() / entrant.machine().peak();
  }
}
