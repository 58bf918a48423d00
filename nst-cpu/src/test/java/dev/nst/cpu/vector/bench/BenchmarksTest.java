package dev.nst.cpu.vector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cpu.vector.TransformBenchmark;
import org.junit.jupiter.api.Test;

/** No build measures anything, so every benchmark runs once here to see that it still can. */
class BenchmarksTest {

  @Test
  void productsRun() {
    GemmBenchmark benchmark = new GemmBenchmark();
    benchmark.edge = 20;
    benchmark.setUp();
    benchmark.product();
    benchmark.tearDown();
  }

  @Test
  void layersRun() {
    LayerBenchmark benchmark = new LayerBenchmark();
    benchmark.size = 32;
    benchmark.layer = "conv3_1";
    benchmark.setUp();
    benchmark.forward();
    benchmark.backward();
    benchmark.gram();
    benchmark.gramBackward();
    benchmark.tearDown();
  }

  @Test
  void transformsRun() {
    TransformBenchmark benchmark = new TransformBenchmark();
    assertThat(benchmark.input()).doesNotContain(Float.NaN);
    assertThat(benchmark.output()).doesNotContain(Float.NaN);
  }
}
