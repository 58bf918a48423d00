package dev.nst.cli.bench;

import dev.nst.cli.bench.KernelTimes.Kernel;
import java.util.List;

/**
 * The kernels of an entrant's iteration.
 *
 * @param edge both edges of the pictures, in pixels
 * @param kernels in the order in which an iteration calls them
 * @param seconds of a whole iteration, what lies between the kernels included
 */
public record LayerTimes(Entrant entrant, int edge, List<Kernel> kernels, double seconds) {

  /** Returns the seconds of all kernels. */
  double kernelSeconds() {
    return kernels.stream().mapToDouble(Kernel::seconds).sum();
  }

  /** Returns the work of all kernels. */
  Work work() {
    return kernels.stream().map(Kernel::work).reduce(Work.NONE, Work::plus);
  }

  /**
   * Returns the seconds that an iteration takes at least: the sum of its kernels' floors, one of
   * which is bound by memory where another is by multiplications.
   */
  double floorSeconds() {
    return kernels.stream()
        .mapToDouble(kernel -> entrant.machine().floorSeconds(kernel.work()))
        .sum();
  }

  /** Returns the share of F(4x4, 3x3)'s multiplications at the peak in an iteration's time. */
  double winogradShare() {
    return entrant.machine().winogradSeconds(work()) / seconds;
  }
}
