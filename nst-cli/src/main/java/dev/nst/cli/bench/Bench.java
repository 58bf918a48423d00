package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cli.shell.UsageException;
import dev.nst.weights.WeightSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures backends in turns: their ceilings, matrix products, whole iterations of {@code gatys},
 * and the kernels that an iteration consists of.
 */
public final class Bench implements AutoCloseable {

  private static final int GEMM_EDGE = 1024;

  private final List<Entrant> entrants;
  private final int rounds;
  private final HeapWatch heap = new HeapWatch();
  private WeightSource weights;

  /**
   * Measures nothing yet.
   *
   * @param entrants at least one; their backends are closed with this
   * @param rounds rounds whose median counts
   */
  Bench(List<Entrant> entrants, int rounds) {
    this.entrants = entrants;
    this.rounds = rounds;
  }

  /**
   * Opens every backend in every precision, and then measures the ceilings of each.
   *
   * @param backends names, {@code auto} among them or not
   * @param precisions empty for each backend's own choice
   * @param rounds rounds whose median counts
   * @throws UsageException if two of them turn out to be the same
   * @throws dev.nst.NstException if a backend is unavailable or does not have a precision
   */
  public static Bench open(List<String> backends, List<Precision> precisions, int rounds) {
    List<Backend> opened = new ArrayList<>();
    boolean complete = false;
    try {
      for (String backend : backends) {
        for (BackendOptions options : options(precisions)) {
          opened.add(Backends.open(backend, options));
          requireNew(opened);
        }
      }
      Bench bench = new Bench(opened.stream().map(Entrant::measure).toList(), rounds);
      complete = true;
      return bench;
    } finally {
      if (!complete) {
        opened.forEach(Backend::close);
      }
    }
  }

  private static List<BackendOptions> options(List<Precision> precisions) {
    BackendOptions options = BackendOptions.defaults();
    return precisions.isEmpty()
        ? List.of(options)
        : precisions.stream().map(options::withPrecision).toList();
  }

  private static void requireNew(List<Backend> opened) {
    List<String> labels = opened.stream().map(Entrant::label).toList();
    String last = labels.get(labels.size() - 1);
    if (labels.indexOf(last) < labels.size() - 1) {
      throw new UsageException(
          "--backend and --precision ask for " + last + " twice; name each once.");
    }
  }

  /** Returns who is measured, in the order of all results. */
  public List<Entrant> entrants() {
    return entrants;
  }

  /** Multiplies square float32 matrices of edge 1024. */
  public List<Measurement> gemm() {
    return compete(
        entrant -> new Gemm(entrant.backend(), GEMM_EDGE),
        (entrant, gemm, timing, heapBytes) ->
            new Measurement(
                "gemm " + GEMM_EDGE, entrant, timing, Gemm.operations(GEMM_EDGE), 0, heapBytes));
  }

  /**
   * Runs iterations of {@code gatys}.
   *
   * @param edge both edges of content and style, in pixels
   * @throws dev.nst.NstException if memory does not suffice
   */
  public List<Measurement> iterations(int edge) {
    WeightSource features = weights();
    return compete(
        entrant -> new Gatys(entrant.backend(), features, edge),
        (entrant, gatys, timing, heapBytes) ->
            new Measurement(
                "gatys " + edge + "x" + edge,
                entrant,
                timing,
                Gatys.operations(edge),
                gatys.plannedBytes(),
                heapBytes));
  }

  /**
   * Runs iterations of {@code gatys} and times their kernels.
   *
   * @param edge both edges of content and style, in pixels
   * @throws dev.nst.NstException if memory does not suffice
   */
  public List<LayerTimes> layers(int edge) {
    WeightSource features = weights();
    return compete(
        entrant -> TimedGatys.of(entrant.backend(), features, edge),
        (entrant, gatys, timing, heapBytes) -> {
          KernelTimes times = gatys.backend().times();
          int runs = timing.runs();
          return new LayerTimes(entrant, edge, times.kernels(runs), times.iterationSeconds(runs));
        });
  }

  private record TimedGatys(TimedBackend backend, Gatys gatys) implements Contestant {

    static TimedGatys of(Backend real, WeightSource weights, int edge) {
      TimedBackend backend = new TimedBackend(real);
      return new TimedGatys(backend, new Gatys(backend.backend(), weights, edge));
    }

    @Override
    public double run(int times) {
      return gatys.run(times);
    }

    @Override
    public void close() {
      gatys.close();
    }
  }

  private WeightSource weights() {
    if (weights == null) {
      weights = Gatys.weights(entrants.get(0).backend());
    }
    return weights;
  }

  private interface Result<C, R> {
    R of(Entrant entrant, C contestant, Timing timing, long heapBytes);
  }

  /** Sets one contestant up for each entrant, times them in turns, and closes them. */
  private <C extends Contestant, R> List<R> compete(
      Function<Entrant, C> setUp, Result<C, R> result) {
    List<C> contestants = new ArrayList<>();
    List<Long> heapBytes = new ArrayList<>();
    Contest contest = new Contest();
    try {
      for (Entrant entrant : entrants) {
        heap.start();
        C contestant = setUp.apply(entrant);
        contestants.add(contestant);
        contest.enter(contestant);
        heapBytes.add(heap.peakBytes());
      }
      List<Timing> timings = contest.run(rounds);
      List<R> results = new ArrayList<>();
      for (int i = 0; i < contestants.size(); i++) {
        results.add(
            result.of(entrants.get(i), contestants.get(i), timings.get(i), heapBytes.get(i)));
      }
      return results;
    } finally {
      contestants.forEach(Contestant::close);
    }
  }

  /** Closes the backends. */
  @Override
  public void close() {
    entrants.forEach(entrant -> entrant.backend().close());
  }
}
