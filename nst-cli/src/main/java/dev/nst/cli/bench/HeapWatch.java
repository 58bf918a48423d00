package dev.nst.cli.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * Watches how much of the Java heap is used. What is garbage already but not yet collected counts,
 * so the peak depends on how large the heap may grow, and is more than a run needs.
 */
final class HeapWatch {

  private final List<MemoryPoolMXBean> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
  private long before;

  /** Forgets earlier peaks; what is used now does not count from here on. */
  void start() {
    System.gc();
    pools.forEach(MemoryPoolMXBean::resetPeakUsage);
    before = pools.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
  }

  /**
   * Returns the most bytes that were used since the start beyond those used then: the sum over the
   * collector's parts of the heap, which need not have been at their peaks at once.
   */
  long peakBytes() {
    long peak = pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    return Math.max(0, peak - before);
  }
}
