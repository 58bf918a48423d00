package dev.nst.cpu;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts processor cores. Two hardware threads of one core share its multipliers, so arithmetic
 * gains nothing from a worker on each of them.
 */
public final class PhysicalCores {

  private static final Path LINUX_PROCESSORS = Path.of("/sys/devices/system/cpu");

  /** Says on which processors this process may run: in a container, often not on all. */
  private static final Path LINUX_STATUS = Path.of("/proc/self/status");

  private static final String ALLOWED = "Cpus_allowed_list:";

  private PhysicalCores() {}

  /**
   * Returns the number of physical cores that this process may run on, but no more than the
   * processors that the JVM counts, which knows of a container's share of their time. Where the
   * system does not tell (it does on Linux) each processor counts as a core.
   */
  public static int count() {
    int available = Runtime.getRuntime().availableProcessors();
    return count(LINUX_PROCESSORS, LINUX_STATUS, available);
  }

  static int count(Path processors, Path status, int available) {
    Set<String> cores = new HashSet<>();
    if (Files.isDirectory(processors)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
        BitSet allowed = allowedProcessors(status);
        for (Path entry : entries) {
          Path siblings = entry.resolve("topology/thread_siblings_list");
          if (isAllowed(allowed, entry) && Files.isReadable(siblings)) {
            cores.add(Files.readString(siblings).strip());
          }
        }
      } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
        return available;
      }
    }
    return cores.isEmpty() ? available : Math.min(cores.size(), available);
  }

  private static boolean isAllowed(BitSet allowed, Path processor) {
    String name = processor.getFileName().toString();
    return allowed.isEmpty() || allowed.get(Integer.parseInt(name.substring("cpu".length())));
  }

  /** Returns the numbers in a line such as {@code Cpus_allowed_list: 0-3,8}; none if unknown. */
  private static BitSet allowedProcessors(Path status) throws IOException {
    BitSet allowed = new BitSet();
    if (!Files.isReadable(status)) {
      return allowed;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith(ALLOWED)) {
        for (String range : line.substring(ALLOWED.length()).strip().split(",")) {
          String[] ends = range.split("-");
          allowed.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
        }
      }
    }
    return allowed;
  }
}
