package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cpu.PhysicalCores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VectorBackendProviderTest {

  /** Prints what {@link Backends} makes of the JVM it runs in. */
  static final class Report {

    private Report() {}

    public static void main(String[] arguments) {
      for (BackendProvider provider : Backends.providers()) {
        System.out.println(provider.name() + ": " + provider.probe());
      }
      try (Backend backend = Backends.open()) {
        System.out.println("opened " + backend.name() + ", " + backend.description());
      } catch (NstException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  private static String reportWith(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Report.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void saysWhatIsMissingWhereTheModuleIsAndLetsTheScalarBackendTakeOver() throws IOException {
    assertThat(reportWith())
        .contains("cpu-vector: Unavailable")
        .contains("without the module jdk.incubator.vector")
        .contains("--add-modules jdk.incubator.vector")
        .contains("opened cpu, ");
  }

  @Test
  void isChosenWhereTheModuleIsPresentWithTheThreadsAskedFor() throws IOException {
    assertThat(
            reportWith(
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:ActiveProcessorCount=3",
                "-Dnst.threads=3"))
        .contains("cpu-vector: Available")
        .contains("opened cpu-vector, ")
        .contains("3 threads");
  }

  @Test
  void refusesVectorsThatTheMachineDoesNotHave() throws IOException {
    String report = reportWith("--add-modules", "jdk.incubator.vector", "-Dnst.vector.bits=1024");
    assertThat(report)
        .containsPattern("failed: -Dnst.vector.bits must be 128( or 256( or 512)?)? on this")
        .contains("got '1024'");
    assertThat(reportWith("--add-modules", "jdk.incubator.vector", "-Dnst.vector.bits=128"))
        .contains("opened cpu-vector, Vector API, 128-bit");
  }

  @Test
  void severalBackendsShareTheThreadsThatTheCoresNeed() {
    List<Backend> backends = new ArrayList<>();
    Set<Thread> helpers;
    try {
      for (int i = 0; i < 3; i++) {
        backends.add(new VectorBackendProvider().open(new BackendOptions(Optional.empty(), 0)));
      }
      helpers =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("nst-cpu-"))
              .collect(Collectors.toSet());
      assertThat(helpers).hasSize(PhysicalCores.count() - 1);
    } finally {
      backends.forEach(Backend::close);
    }
    assertThat(helpers).noneMatch(Thread::isAlive);
  }

  @Test
  void takesOneThreadForEachPhysicalCoreByDefault() {
    BackendOptions options = new BackendOptions(Optional.empty(), 0);
    try (Backend backend = new VectorBackendProvider().open(options)) {
      assertThat(backend.description()).contains(PhysicalCores.count() + " thread");
    }
    assertThat(new VectorBackendProvider().probe()).isInstanceOf(Availability.Available.class);
  }

  @Test
  void refusesOtherPrecisions() {
    BackendOptions options = BackendOptions.defaults().withPrecision(Precision.FP16);
    assertThatThrownBy(() -> new VectorBackendProvider().open(options))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("fp16")
        .hasMessageContaining("ask for fp32");
  }
}
