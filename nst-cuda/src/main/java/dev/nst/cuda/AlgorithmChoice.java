package dev.nst.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the algorithm of a convolution. cuDNN's find runs them all and orders them by time, but
 * it also tries them with its default math type and JCudnn does not tell which row is which; so
 * those that find names are run once more as the backend will run them, math type and fusion
 * included, and the fastest of these wins.
 *
 * <p>Of a large picture the slowest algorithms alone would take minutes. There cuDNN's rules of
 * thumb name the candidates, and only the first of them are run; see {@link Effort}.
 */
final class AlgorithmChoice {

  private static final Logger LOG = LoggerFactory.getLogger(AlgorithmChoice.class);

  /**
   * Multiply-adds, by the direct method, from which on a convolution is large: 64 channels at
   * 1700x1700.
   */
  private static final long LARGE_PRODUCTS = 100_000_000_000L;

  /** Runs after the first, which may load code; the fastest counts. */
  private static final int TIMED_RUNS = 2;

  /** How much is run to choose an algorithm. */
  enum Effort {
    /** All that cuDNN finds by running them. */
    ALL(Integer.MAX_VALUE),
    /** The first three that run, by cuDNN's rules of thumb. */
    FEW(3),
    /** Nothing: the first that cuDNN's rules of thumb name. */
    NONE(0);

    private final int candidates;

    Effort(int candidates) {
      this.candidates = candidates;
    }
  }

  /** One row of what cuDNN's find or its rules of thumb answer. */
  record Row(int algorithm, int status, boolean deterministic) {}

  /** Asks cuDNN for the workspace of an algorithm; fails if it does not support the shape. */
  interface WorkspaceQuery {
    long bytes(int algorithm);
  }

  private final CudaStream stream;
  private final Workspace workspace;

  AlgorithmChoice(CudaStream stream, Workspace workspace) {
    this.stream = stream;
    this.workspace = workspace;
  }

  /**
   * Returns how much may be run. While a graph is recorded, nothing may.
   *
   * @param products multiply-adds of the convolution
   */
  Effort effort(long products) {
    if (stream.isCapturing()) {
      return Effort.NONE;
    }
    return products < LARGE_PRODUCTS ? Effort.ALL : Effort.FEW;
  }

  /**
   * Returns the fastest algorithm. Those that give other bits from run to run, or need more
   * workspace than there is, are passed over.
   *
   * @param rows in cuDNN's order
   * @param run the call that the choice is for; what it writes is overwritten later
   * @throws CudaFailure if none works: the last one's own
   */
  int fastest(String what, Effort effort, List<Row> rows, WorkspaceQuery query, IntConsumer run) {
    List<Integer> candidates = candidates(rows, query);
    if (effort == Effort.NONE && !candidates.isEmpty()) {
      return candidates.get(0);
    }
    int timed = 0;
    CudaFailure failure = CudaFailure.of(what, "", "CUDNN_STATUS_NOT_SUPPORTED");
    int best = -1;
    double bestTime = Double.POSITIVE_INFINITY;
    for (int algorithm : candidates) {
      if (timed == effort.candidates) {
        break;
      }
      try {
        double time = time(algorithm, run, candidates.size() > 1);
        timed++;
        if (time < bestTime) {
          best = algorithm;
          bestTime = time;
        }
      } catch (CudaFailure e) {
        // A device that has failed fails here too.
        stream.synchronize();
        failure = e;
      }
    }
    if (best < 0) {
      throw failure;
    }
    LOG.debug("{}: algorithm {} of {}, {} ms", what, best, candidates, bestTime);
    return best;
  }

  private List<Integer> candidates(List<Row> rows, WorkspaceQuery query) {
    Set<Integer> candidates = new LinkedHashSet<>();
    for (Row row : rows) {
      if (row.status() == 0 && row.deterministic() && fits(row.algorithm(), query)) {
        candidates.add(row.algorithm());
      }
    }
    return new ArrayList<>(candidates);
  }

  private boolean fits(int algorithm, WorkspaceQuery query) {
    try {
      return query.bytes(algorithm) <= workspace.cudnnBytes();
    } catch (CudaFailure e) {
      LOG.debug("algorithm {} is not for this shape", algorithm, e);
      return false;
    }
  }

  /** Returns milliseconds, or zero where there is nothing to compare with. */
  private double time(int algorithm, IntConsumer run, boolean compare) {
    run.accept(algorithm);
    if (!compare) {
      return 0;
    }
    double best = Double.MAX_VALUE;
    try (Stopwatch watch = new Stopwatch(stream)) {
      for (int i = 0; i < TIMED_RUNS; i++) {
        watch.start();
        run.accept(algorithm);
        best = Math.min(best, watch.stopMillis());
      }
    }
    return best;
  }
}
