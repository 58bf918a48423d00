package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nst.backend.Backend;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Example;

/**
 * What a backend with worker threads must do besides: give the same bits on any number of them, and
 * end them.
 */
public abstract class DeterminismContract {

  private static final int PATIENCE_MILLIS = 10_000;

  /**
   * Maps that are worth splitting: many channels, large pictures, both; sides that nothing divides.
   */
  private static final Shape[] SHAPES = {
    Shape.features(67, 45, 37), Shape.features(3, 251, 239), Shape.features(19, 131, 127)
  };

  private static final int OUT_CHANNELS = 35;

  /** Maps of which whole vectors are summed, of which some lanes are left out, and pictures. */
  private static final Shape[] SUMMED = {
    Shape.features(64, 45, 37), Shape.features(67, 45, 37), Shape.features(3, 251, 239)
  };

  /** The last number twice, for what depends on luck. */
  private static final int[] THREADS = {2, 3, 5, 5};

  private enum Loss {
    MEAN_SQUARED_ERROR {
      @Override
      void run(Backend backend, Tensor loss, Tensor x, Tensor zeros) {
        backend.meanSquaredError(loss, x, zeros, 1);
      }
    },
    TOTAL_VARIATION {
      @Override
      void run(Backend backend, Tensor loss, Tensor x, Tensor zeros) {
        backend.totalVariation(loss, x, 1, 1);
      }
    };

    abstract void run(Backend backend, Tensor loss, Tensor x, Tensor zeros);

    float of(Workbench bench, Shape shape, float[] input) {
      Tensor x = bench.arena().allocate(shape);
      Tensor zeros = bench.arena().allocate(shape);
      Tensor loss = bench.poisonedFloats(Shape.scalar());
      bench.backend().upload(x, input);
      bench.backend().fill(zeros, 0);
      run(bench.backend(), loss, x, zeros);
      float value = (float) bench.read(loss)[0];
      bench.clear();
      return value;
    }
  }

  /** Opens the backend with so many worker threads, or nothing if it has none to choose. */
  protected abstract Optional<Backend> openWithThreads(int threads);

  @Example
  void everyKernelGivesTheSameBitsOnAnyNumberOfThreads() {
    for (Shape shape : SHAPES) {
      Optional<Map<String, double[]>> single = resultsOn(1, shape);
      if (single.isEmpty()) {
        return;
      }
      for (int threads : THREADS) {
        Map<String, double[]> several = resultsOn(threads, shape).orElseThrow();
        assertSame(single.get(), several, shape + " on " + threads + " threads");
      }
    }
  }

  @Example
  void aLossThatOneBitOfItsSumDecidesIsTheSameOnAnyNumberOfThreads() {
    Optional<Workbench> single = benchWithThreads(1);
    if (single.isEmpty()) {
      return;
    }
    try (Workbench one = single.get()) {
      for (int threads : THREADS) {
        try (Workbench several = benchWithThreads(threads).orElseThrow()) {
          for (Shape shape : SUMMED) {
            for (Loss loss : Loss.values()) {
              // Another edge for each number, of which one may happen not to tell.
              RoundingEdge edge =
                  RoundingEdge.of(shape, threads, input -> loss.of(one, shape, input));
              for (float[] input : new float[][] {edge.below(), edge.above()}) {
                assertEquals(
                    loss.of(one, shape, input),
                    loss.of(several, shape, input),
                    () -> loss + " of " + shape + " on " + threads + " threads");
              }
            }
          }
        }
      }
    }
  }

  @Example
  void backendsThatWorkAtTheSameTimeGiveTheSameBitsAsOneAlone() throws Exception {
    Shape shape = SHAPES[0];
    Optional<Map<String, double[]>> alone = resultsOn(1, shape);
    if (alone.isEmpty()) {
      return;
    }
    ExecutorService callers = Executors.newFixedThreadPool(THREADS.length);
    try {
      List<Future<Map<String, double[]>>> running = new ArrayList<>();
      for (int threads : THREADS) {
        running.add(callers.submit(() -> resultsOn(threads, shape).orElseThrow()));
      }
      for (Future<Map<String, double[]>> one : running) {
        assertSame(alone.get(), one.get(), "one of several backends");
      }
    } finally {
      callers.shutdown();
    }
  }

  private static void assertSame(
      Map<String, double[]> expected, Map<String, double[]> actual, String where) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, values) -> assertArrayEquals(values, actual.get(name), () -> name + " of " + where));
  }

  private Optional<Workbench> benchWithThreads(int threads) {
    return openWithThreads(threads)
        .map(backend -> new Workbench(backend, Tolerances.of(backend.precision())));
  }

  private Optional<Map<String, double[]>> resultsOn(int threads, Shape shape) {
    return benchWithThreads(threads)
        .map(
            opened -> {
              try (Workbench bench = opened) {
                return KernelCall.resultsOfEveryKernel(bench, shape, OUT_CHANNELS, 10);
              }
            });
  }

  @Example
  void closingTheBackendEndsItsThreads() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    resultsOn(3, SHAPES[0]);
    Set<Thread> started = new HashSet<>(Thread.getAllStackTraces().keySet());
    started.removeAll(before);
    for (Thread thread : started) {
      thread.join(PATIENCE_MILLIS);
      assertFalse(thread.isAlive(), () -> thread + " outlives the backend");
    }
  }
}
