package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {

  @TempDir private Path processors;

  private void processor(int number, String siblings) throws IOException {
    Path topology = processors.resolve("cpu" + number).resolve("topology");
    Files.createDirectories(topology);
    Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
  }

  @Test
  void countsTheHardwareThreadsOfACoreOnce() throws IOException {
    processor(0, "0,4");
    processor(1, "1,5");
    processor(4, "0,4");
    processor(5, "1,5");
    Files.createDirectories(processors.resolve("cpufreq"));
    assertThat(PhysicalCores.count(processors, 4)).isEqualTo(2);
  }

  @Test
  void neverExceedsWhatTheProcessMayUse() throws IOException {
    processor(0, "0");
    processor(1, "1");
    processor(2, "2");
    assertThat(PhysicalCores.count(processors, 2)).isEqualTo(2);
  }

  @Test
  void takesEveryProcessorForACoreWhereTheSystemDoesNotTell() throws IOException {
    assertThat(PhysicalCores.count(processors.resolve("absent"), 6)).isEqualTo(6);
    Files.createDirectories(processors.resolve("cpu0"));
    assertThat(PhysicalCores.count(processors, 6)).isEqualTo(6);
  }

  @Test
  void findsAtLeastOneHere() {
    assertThat(PhysicalCores.count()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }
}
