package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

  @TempDir Path directory;
  private TestShell shell;
  private Path json;

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
    json = directory.resolve("bench.json");
  }

  private static Object parse(Path file) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      parser.nextToken();
      Object value = value(parser);
      assertThat(parser.nextToken()).isNull();
      return value;
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        return object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        return array;
      }
      case VALUE_NULL -> {
        return null;
      }
      case VALUE_STRING -> {
        return parser.getText();
      }
      default -> {
        return parser.getDoubleValue();
      }
    }
  }

  /** Returns what lies at a path of names and indices. */
  private static Object at(Object json, Object... path) {
    Object value = json;
    for (Object step : path) {
      value = step instanceof Integer i ? ((List<?>) value).get(i) : ((Map<?, ?>) value).get(step);
    }
    return value;
  }

  @Test
  void measuresProductsAndIterations() throws IOException {
    assertThat(
            shell.run("bench", "--backend=cpu-vector", "--size=32", "--rounds=2", "--json=" + json))
        .isZero();
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out())
        .containsPattern("cpu-vector fp32: .*\n  peak \\d+ GFLOP/s, memory \\d+\\.\\d GB/s\n")
        .containsPattern("\ngemm 1024 +median ms +best ms +per s +GFLOP/s +of peak")
        .containsPattern(
            "\ngatys 32x32 .*\ncpu-vector fp32 +\\d+\\.\\d+ +\\d+\\.\\d+ +\\d+\\.\\d\\d +\\d+ +\\d+% +\\d+ +\\d+\n")
        .endsWith("Written to " + json + ".\n");
    assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
    Object figures = parse(json);
    assertThat(at(figures, "entrants", 0, "backend")).isEqualTo("cpu-vector");
    assertThat(at(figures, "entrants", 0, "precision")).isEqualTo("fp32");
    assertThat((double) at(figures, "entrants", 0, "peakOperationsPerSecond")).isPositive();
    assertThat((List<?>) at(figures, "measurements")).hasSize(2);
    assertThat(at(figures, "measurements", 1, "what")).isEqualTo("gatys 32x32");
    assertThat(at(figures, "measurements", 1, "entrant")).isEqualTo("cpu-vector fp32");
    assertThat((List<?>) at(figures, "measurements", 1, "secondsByRound")).hasSize(2);
    double median = (double) at(figures, "measurements", 1, "medianSeconds");
    assertThat(median).isBetween((double) at(figures, "measurements", 1, "bestSeconds"), 60.0);
    assertThat((double) at(figures, "measurements", 1, "runsPerSecond")).isEqualTo(1 / median);
    assertThat((double) at(figures, "measurements", 1, "plannedBytes")).isPositive();
    assertThat((List<?>) at(figures, "layers")).isEmpty();
  }

  @Test
  void measuresTheKernelsOfAnIteration() throws IOException {
    assertThat(
            shell.run(
                "bench",
                "--layers",
                "--backend=cpu-vector",
                "--size=32",
                "--rounds=1",
                "--json=" + json))
        .isZero();
    assertThat(shell.out())
        .containsPattern(
            "\nconv5_2 forward +\\d+\\.\\d\\d( +\\d+\\.\\d\\d){3}  (multiply|memory) +\\d+\\.\\d\\d\n")
        .containsPattern("\ngram conv3_1 backward ")
        .containsPattern("\nwhole iteration +\\d")
        .containsPattern("\nF\\(4x4\\)'s multiplications alone: \\d+% of the iteration's time\n")
        .doesNotContain("gemm");
    assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
    Object layers = at(parse(json), "layers", 0);
    assertThat(at(layers, "what")).isEqualTo("gatys 32x32");
    List<?> kernels = (List<?>) at(layers, "kernels");
    double operations = 0;
    for (Object kernel : kernels) {
      assertThat((double) at(kernel, "medianSeconds")).isPositive();
      operations += (double) at(kernel, "winogradOperations");
    }
    assertThat((double) at(layers, "iteration", "winogradOperations")).isEqualTo(operations);
    assertThat(at(kernels.get(kernels.size() - 1), "kernel")).isEqualTo("adam");
    assertThat(at(kernels.get(kernels.size() - 1), "boundBy")).isEqualTo("memory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backend=tpu | there is no backend 'tpu'; choose among auto",
        "--backend=cpu,,cpu-vector | there is no backend ''; choose among auto",
        "--precision=fp32,fp8 | choose one of fp32, tf32, bf16, fp16",
        "--size=256,16 | sizes below 32 pixels are refused",
        "--rounds=0 | must be at least 1",
        "--backend=cpu,cpu | ask for cpu fp32 twice; name each once",
        "--backend=cpu --precision=fp32,fp32 | ask for cpu fp32 twice; name each once",
      })
  void explainsBadUsage(String options, String explanation) {
    assertThat(shell.run(("bench " + options).split(" "))).isEqualTo(2);
    assertThat(shell.err()).startsWith("nst: ").contains(explanation).doesNotContain("Exception");
    assertThat(shell.err().lines()).hasSize(2);
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void refusesABackendOfTheListThatIsUnavailableBeforeItMeasuresTheOthers() {
    assumeTrue(
        Backends.providers().stream()
            .anyMatch(p -> p.name().equals("cuda") && p.probe() instanceof Unavailable));
    assertThat(shell.run("bench", "--backend=cpu-vector,cuda", "--json=" + json)).isEqualTo(1);
    assertThat(shell.err()).startsWith("nst: Backend 'cuda' is unavailable: ");
    assertThat(shell.out()).isEmpty();
    assertThat(json).doesNotExist();
  }

  @Test
  void refusesAPrecisionOfTheListThatABackendDoesNotHave() {
    assertThat(shell.run("bench", "--backend=cpu", "--precision=fp32,bf16")).isEqualTo(1);
    assertThat(shell.err()).contains("fp32 only, not in bf16");
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void refusesToMeasureForAFileThatCannotBeWritten() throws IOException {
    Path lost = directory.resolve("no/bench.json");
    assertThat(shell.run("bench", "--json=" + lost)).isEqualTo(1);
    assertThat(shell.err()).startsWith("nst: --json: there is no directory");
    assertThat(shell.run("bench", "--json=" + Files.createDirectory(json))).isEqualTo(1);
    assertThat(shell.err()).contains("--json: " + json + " is a directory");
    assertThat(shell.out()).isEmpty();
  }
}
