package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.cli.bench.KernelTimes.Kernel;
import dev.nst.contract.SyntheticWeights;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedBackendTest {

  @Test
  void namesTheKernelsOfAnIterationInTheirOrder() {
    try (Backend real = Backends.open("cpu-vector", BackendOptions.defaults());
        TimedBackend backend = new TimedBackend(real);
        Gatys gatys = new Gatys(backend, SyntheticWeights.source(), 32)) {
      gatys.run(2);
      List<Kernel> kernels = backend.times().kernels(2);
      assertThat(kernels)
          .extracting(Kernel::name)
          .containsSubsequence(
              "total variation forward",
              "conv1_1 forward",
              "gram conv1_1 forward",
              "conv2_1 forward",
              "conv5_1 forward",
              "conv5_2 forward",
              "conv5_2 backward",
              "gram conv5_1 backward",
              "conv5_1 backward",
              "gram conv1_1 backward",
              "conv1_1 backward",
              "total variation backward",
              "adam")
          .anyMatch(name -> name.matches("(conv1_2\\+pool|pool conv1_2) forward"))
          .doesNotContain("conv5_3 forward")
          .doesNotHaveDuplicates();
      Work convolutions =
          kernels.stream()
              .filter(kernel -> kernel.name().startsWith("conv"))
              .map(Kernel::work)
              .reduce(Work.NONE, Work::plus);
      assertThat(convolutions.directOperations()).isEqualTo(Gatys.operations(32));
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
}
