package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapTensorsTest {

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cpu-vector"})
  void aBackendRefusesTensorsOfASecondOneOfItsName(String name) {
    BackendOptions options = BackendOptions.defaults().withPrecision(Precision.FP32).withThreads(1);
    try (Backend backend = Backends.open(name, options);
        Backend second = Backends.open(name, options);
        Arena elsewhere = second.openArena("elsewhere")) {
      Tensor foreign = elsewhere.allocate(Shape.vector(3));
      assertThatThrownBy(() -> backend.fill(foreign, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another backend")
          .hasMessageContaining("elsewhere");
      second.fill(foreign, 1);
    }
  }
}
