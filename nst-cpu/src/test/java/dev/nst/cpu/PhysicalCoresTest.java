package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {

  @TempDir private Path processors;
  @TempDir private Path elsewhere;

  private void processor(int number, String siblings) throws IOException {
    Path topology = processors.resolve("cpu" + number).resolve("topology");
    Files.createDirectories(topology);
    Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
  }

  private Path allowed(String list) throws IOException {
    String status =
        "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + list + "\nThreads:\t9\n";
    return Files.writeString(elsewhere.resolve("status"), status);
  }

  private Path unknown() {
    return elsewhere.resolve("absent");
  }

  @Test
  void countsTheHardwareThreadsOfACoreOnce() throws IOException {
    processor(0, "0,4");
    processor(1, "1,5");
    processor(4, "0,4");
    processor(5, "1,5");
    Files.createDirectories(processors.resolve("cpufreq"));
    assertThat(PhysicalCores.count(processors, unknown(), 4)).isEqualTo(2);
  }

  @Test
  void neverExceedsWhatTheProcessMayUse() throws IOException {
    processor(0, "0");
    processor(1, "1");
    processor(2, "2");
    assertThat(PhysicalCores.count(processors, allowed("0-2"), 2)).isEqualTo(2);
  }

  @Test
  void countsOnlyCoresThatTheProcessMayRunOn() throws IOException {
    for (int core = 0; core < 8; core++) {
      processor(core, core + "," + (core + 8));
      processor(core + 8, core + "," + (core + 8));
    }
    assertThat(PhysicalCores.count(processors, allowed("0-15"), 16)).isEqualTo(8);
    // A container with two whole cores, and one with half of each of three.
    assertThat(PhysicalCores.count(processors, allowed("3-4,11-12"), 4)).isEqualTo(2);
    assertThat(PhysicalCores.count(processors, allowed("0,2,5"), 3)).isEqualTo(3);
    // Processors that could be plugged in are in the list, too.
    assertThat(PhysicalCores.count(processors, allowed("0-1023"), 16)).isEqualTo(8);
  }

  @Test
  void leavesTheCountToTheJvmWhereTheSystemsWordsAreNotUnderstood() throws IOException {
    processor(0, "0");
    assertThat(PhysicalCores.count(processors, allowed("all of them"), 5)).isEqualTo(5);
  }

  @Test
  void takesEveryProcessorForACoreWhereTheSystemDoesNotTell() throws IOException {
    assertThat(PhysicalCores.count(unknown(), unknown(), 6)).isEqualTo(6);
    Files.createDirectories(processors.resolve("cpu0"));
    assertThat(PhysicalCores.count(processors, unknown(), 6)).isEqualTo(6);
  }

  @Test
  void findsAtLeastOneHere() {
    assertThat(PhysicalCores.count()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }
}
