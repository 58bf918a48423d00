package dev.nst.bench.pytorch;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What else goes on. */
final class Machine {

  private static final int WATCHED_MILLISECONDS = 1500;

  private Machine() {}

  /** Watches for a while what share of all processors is at work, in [0, 1]. */
  static double busyShare() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    system.getCpuLoad(); // the second call tells the load since the first
    try {
      Thread.sleep(WATCHED_MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Math.max(0, system.getCpuLoad());
  }
}
