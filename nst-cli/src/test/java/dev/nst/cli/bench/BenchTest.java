package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cli.bench.KernelTimes.Kernel;
import dev.nst.contract.RoundingBackend;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.transfer.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

  @TempDir Path directory;

  private static Backend open() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }

  @Test
  void measuresSeveralBackendsAtOneSize() {
    try (Bench bench = new Bench(List.of(open(), new RoundingBackend(open(), Precision.BF16)), 2)) {
      List<Measurement> measurements = bench.iterations(32);
      assertThat(measurements)
          .extracting(m -> m.entrant().label())
          .containsExactly("cpu-vector fp32", "cpu-vector-rounded bf16");
      assertThat(measurements)
          .allSatisfy(
              m -> {
                assertThat(m.what()).isEqualTo("gatys 32x32");
                assertThat(m.timing().seconds()).hasSize(2).allMatch(seconds -> seconds > 0);
                assertThat(m.plannedBytes()).isPositive();
                assertThat(m.perSecond()).isCloseTo(1 / m.timing().median(), within(1e-9));
              });
      // The second has no ceilings of its own.
      assertThat(measurements.get(0).shareOfPeak()).isPositive();
      assertThat(measurements.get(1).shareOfPeak()).isNaN();
      assertThat(tables(bench.entrants(), measurements))
          .contains("\n  peak - GFLOP/s, memory - GB/s\n")
          .containsPattern("\ncpu-vector-rounded bf16( +[\\d.]+){4} +- ");
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

  @Test
  void namesTheKernelsOfAnIterationInTheirOrder() {
    try (Bench bench = new Bench(List.of(open()), 1)) {
      LayerTimes times = bench.layers(32).get(0);
      assertThat(times.kernels())
          .extracting(Kernel::name)
          .containsSubsequence(
              "total variation forward",
              "conv1_1 forward",
              "gram conv1_1 forward",
              "conv1_2 forward",
              "pool conv1_2 forward",
              "conv2_1 forward",
              "pool conv4_4 forward",
              "conv5_1 forward",
              "conv5_2 forward",
              "conv5_2 backward",
              "gram conv5_1 backward",
              "conv5_1 backward",
              "pool conv4_4 backward",
              "gram conv1_1 backward",
              "conv1_1 backward",
              "total variation backward",
              "adam")
          .doesNotContain("conv5_3 forward")
          .doesNotHaveDuplicates();
      Work convolutions =
          times.kernels().stream()
              .filter(kernel -> kernel.name().startsWith("conv"))
              .map(Kernel::work)
              .reduce(Work.NONE, Work::plus);
      assertThat(convolutions.directOperations()).isEqualTo(Gatys.operations(32));
      assertThat(times.seconds()).isGreaterThanOrEqualTo(times.kernelSeconds() / 2);
    }
  }

  @Test
  void timesEveryKernelOfABackend() {
    // A kernel left to its default would be timed as what it is composed of.
    List<String> missing =
        Arrays.stream(Backend.class.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .filter(method -> !isDeclared(method))
            .map(Method::getName)
            .toList();
    assertThat(missing).isEmpty();
  }

  private static boolean isDeclared(Method method) {
    return Arrays.stream(TimedBackend.class.getDeclaredMethods())
        .anyMatch(
            mine ->
                mine.getName().equals(method.getName())
                    && Arrays.equals(mine.getParameterTypes(), method.getParameterTypes()));
  }

  @Test
  void handsOnTheFailureOfAJob() {
    Image picture = Image.of(32, 32, new float[3 * 32 * 32]);
    try (Backend backend = open();
        Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .content(picture)
                .style(picture)
                .recipe(Recipe.gatys().withIterations(1))
                .build()) {
      job.run();
      try (Iterations iterations = new Iterations(backend, job)) {
        assertThatThrownBy(() -> iterations.run(1))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("runs once");
      }
    }
  }
}
