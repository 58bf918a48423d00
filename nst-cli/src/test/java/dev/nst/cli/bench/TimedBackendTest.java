package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.cli.bench.KernelTimes.Kernel;
import dev.nst.contract.SyntheticWeights;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedBackendTest {

  @Test
  void namesTheKernelsOfAnIterationInTheirOrder() {
    try (Backend real = Backends.open("cpu-vector", BackendOptions.defaults());
        TimedBackend backend = new TimedBackend(real);
        Gatys gatys = new Gatys(backend.backend(), SyntheticWeights.source(), 32)) {
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
}
