package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

  @TempDir Path directory;

  private static Entrant entrant(double peak) {
    Backend backend = Backends.open("cpu-vector", BackendOptions.defaults());
    return new Entrant(backend, new Roofline(peak, peak));
  }

  @Test
  void measuresSeveralBackendsAtOneSize() {
    try (Bench bench = new Bench(List.of(entrant(1e12), entrant(Double.NaN)), 2)) {
      List<Measurement> measurements = bench.iterations(32);
      assertThat(measurements)
          .extracting(Measurement::entrant)
          .containsExactlyElementsOf(bench.entrants());
      assertThat(measurements)
          .allSatisfy(
              m -> {
                assertThat(m.what()).isEqualTo("gatys 32x32");
                assertThat(m.timing().seconds()).hasSize(2).allMatch(seconds -> seconds > 0);
                assertThat(m.plannedBytes()).isPositive();
                assertThat(m.perSecond()).isCloseTo(1 / m.timing().median(), within(1e-9));
              });
      assertThat(measurements.get(0).shareOfPeak()).isPositive();
      assertThat(measurements.get(1).shareOfPeak()).isNaN();
      assertThat(tables(bench.entrants(), measurements))
          .contains("\n  peak - GFLOP/s, memory - GB/s\n")
          .containsPattern("\ncpu-vector fp32( +[\\d.]+){4} +- ");
      Path json = directory.resolve("figures.json");
      new Figures(bench.entrants()).addMeasurements(measurements).write(json);
      assertThat(json)
          .content()
          .contains("\"peakOperationsPerSecond\" : null", "\"shareOfPeak\" : null");
    }
  }

  private static String tables(List<Entrant> entrants, List<Measurement> measurements) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Tables tables = new Tables(new PrintStream(text, true, StandardCharsets.UTF_8));
    tables.entrants(entrants);
    tables.measurements(measurements);
    return text.toString(StandardCharsets.UTF_8);
  }
}
