package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.nst.backend.Backend;
import dev.nst.tensor.Shape;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** Opens the backend with so many worker threads, or nothing if it has none to choose. */
  protected abstract Optional<Backend> openWithThreads(int threads);

  @Example
  void everyKernelGivesTheSameBitsOnAnyNumberOfThreads() {
    for (Shape shape : SHAPES) {
      Optional<Map<String, double[]>> single = resultsOn(1, shape);
      if (single.isEmpty()) {
        return;
      }
      // The last number twice, for what depends on luck.
      for (int threads : new int[] {2, 3, 5, 5}) {
        Map<String, double[]> several = resultsOn(threads, shape).orElseThrow();
        assertEquals(single.get().keySet(), several.keySet());
        single
            .get()
            .forEach(
                (name, expected) ->
                    assertArrayEquals(
                        expected,
                        several.get(name),
                        () -> name + " of " + shape + " on " + threads + " threads"));
      }
    }
  }

  private Optional<Map<String, double[]>> resultsOn(int threads, Shape shape) {
    return openWithThreads(threads)
        .map(
            backend -> {
              try (Workbench bench = new Workbench(backend, Tolerances.of(backend.precision()))) {
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
