package dev.nst.cpu;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts processor cores. Two hardware threads of one core share its multipliers, so arithmetic
 * gains nothing from a worker on each of them.
 */
public final class PhysicalCores {

  private static final Path LINUX_PROCESSORS = Path.of("/sys/devices/system/cpu");

  private PhysicalCores() {}

  /**
   * Returns the number of physical cores, but no more than the processors that this process may
   * use. Where the system does not tell (it does on Linux) each processor counts as a core.
   */
  public static int count() {
    return count(LINUX_PROCESSORS, Runtime.getRuntime().availableProcessors());
  }

  static int count(Path processors, int available) {
    Set<String> cores = new HashSet<>();
    if (Files.isDirectory(processors)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
        for (Path entry : entries) {
          Path siblings = entry.resolve("topology/thread_siblings_list");
          if (Files.isReadable(siblings)) {
            cores.add(Files.readString(siblings).strip());
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        return available;
      }
    }
    return cores.isEmpty() ? available : Math.min(cores.size(), available);
  }
}
