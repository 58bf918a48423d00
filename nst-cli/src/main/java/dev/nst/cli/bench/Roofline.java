package dev.nst.cli.bench;

/**
 * The least time that a machine needs for some {@link Work}: its operations at the peak of the
 * arithmetic, or its bytes at the bandwidth of memory, whichever takes longer (Williams, Waterman,
 * Patterson 2009, "Roofline").
 *
 * <p>Measured times can lie below the memory floor where a cache still holds a map that the kernel
 * before has written.
 *
 * @param peak operations a second, or NaN if nobody knows
 * @param bandwidth bytes a second, or NaN if nobody knows
 */
public record Roofline(double peak, double bandwidth) {

  /** Returns the seconds of the multiplications by the direct method. */
  double directSeconds(Work work) {
    return work.directOperations() / peak;
  }

  /** Returns the seconds of the multiplications, those of convolutions by F(4x4, 3x3). */
  double winogradSeconds(Work work) {
    return work.winogradOperations() / peak;
  }

  /** Returns the seconds that it takes to move the bytes. */
  double memorySeconds(Work work) {
    return work.bytes() / bandwidth;
  }

  /** Returns the longer of multiplications by F(4x4, 3x3) and memory, in seconds. */
  double floorSeconds(Work work) {
    return Math.max(winogradSeconds(work), memorySeconds(work));
  }

  /** Returns which of the two that is: {@code multiply} or {@code memory}; empty if unknown. */
  String binds(Work work) {
    if (Double.isNaN(floorSeconds(work))) {
      return "";
    }
    return winogradSeconds(work) >= memorySeconds(work) ? "multiply" : "memory";
  }
}
