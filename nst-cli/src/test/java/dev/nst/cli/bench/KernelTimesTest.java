package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.bench.KernelTimes.Kernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTimesTest {

  private static final Work STEP = new Work(8, 2, 1);

  private long now;
  private final KernelTimes times = new KernelTimes(() -> now, () -> {});

  /** A kernel or what lies between two, of so many seconds. */
  private Runnable lasting(double seconds) {
    return () -> now += Math.round(1e9 * seconds);
  }

  private void iterate(double first, double second, double between) {
    times.iteration(
        () -> {
          times.kernel("first", STEP, lasting(first));
          times.kernel("second", STEP, lasting(second));
          lasting(between).run();
          times.kernel("first", STEP, lasting(first));
        });
  }

  @Test
  void addsUpTheCallsOfAnIteration() {
    iterate(1, 2, 3);
    assertThat(times.kernels(1))
        .containsExactly(new Kernel("first", STEP.plus(STEP), 2), new Kernel("second", STEP, 2));
    assertThat(times.iterationSeconds(1)).isEqualTo(7);
  }

  @Test
  void takesMediansOverTheLatestIterations() {
    for (double warmUp : List.of(900, 800, 700)) {
      iterate(warmUp, warmUp, 0);
    }
    for (double first : List.of(3, 1, 2)) {
      iterate(first, 10 - first, 0);
    }
    assertThat(times.kernels(3)).extracting(Kernel::seconds).containsExactly(4.0, 8.0);
    assertThat(times.kernels(3)).extracting(Kernel::work).containsExactly(STEP.plus(STEP), STEP);
    assertThat(times.iterationSeconds(3)).isEqualTo(12);
  }

  @Test
  void doesNotTimeWhatRunsOutsideOfAnIteration() {
    times.kernel("set-up", STEP, lasting(5));
    iterate(1, 1, 0);
    times.kernel("after", STEP, lasting(5));
    assertThat(now).isEqualTo(13_000_000_000L);
    assertThat(times.kernels(1)).extracting(Kernel::name).containsExactly("first", "second");
  }
}
