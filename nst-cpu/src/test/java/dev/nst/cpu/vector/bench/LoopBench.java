package dev.nst.cpu.vector.bench;

import dev.nst.cpu.WorkerPool;
import java.util.Arrays;

/**
 * Times what sharing a loop costs, a program and not a test: empty loops that follow each other at
 * once, loops of some work with pauses in which helpers park, and two callers at a time. Argument:
 * threads of each pool (default 2).
 */
public final class LoopBench {

  private static final int ROUNDS = 21;

  private interface Round {
    void run(int loops);
  }

  private final int threads;
  private final long stepsPerMicro = stepsPerMicro();

  private LoopBench(int threads) {
    this.threads = threads;
  }

  /** Runs all measurements. */
  public static void main(String[] arguments) {
    new LoopBench(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2).run();
  }

  private void run() {
    try (WorkerPool pool = new WorkerPool(threads)) {
      measure("an empty loop of one index a thread", 50_000, n -> loops(pool, n, 0, 0));
      measure("indices of 20 us, no pause", 2_000, n -> loops(pool, n, 20_000, 0));
      measure("indices of 20 us, pauses of 5 us", 2_000, n -> loops(pool, n, 20_000, 5_000));
      measure("indices of 20 us, pauses of 200 us", 400, n -> loops(pool, n, 20_000, 200_000));
    }
    measure("two callers, empty loops", 20_000, n -> twoCallers(n, 0));
    measure("two callers, indices of 20 us", 1_000, n -> twoCallers(n, 20_000));
    measure("two callers, indices of 1 ms", 50, n -> twoCallers(n, 1_000_000));
  }

  private static void measure(String what, int loops, Round round) {
    round.run(loops);
    round.run(loops);
    double[] micros = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      round.run(loops);
      micros[i] = (System.nanoTime() - start) / 1e3 / loops;
    }
    Arrays.sort(micros);
    System.out.printf(
        "%-40s %9.3f us a loop (best %9.3f, worst %9.3f)%n",
        what, micros[ROUNDS / 2], micros[0], micros[ROUNDS - 1]);
  }

  private void loops(WorkerPool pool, int loops, long workNanos, long pauseNanos) {
    for (int i = 0; i < loops; i++) {
      pool.parallelFor(pool.threads(), (index, worker) -> busy(workNanos));
      busy(pauseNanos);
    }
  }

  private void twoCallers(int loops, long workNanos) {
    Thread second = new Thread(() -> poolOfItsOwn(loops, workNanos));
    second.start();
    poolOfItsOwn(loops, workNanos);
    try {
      second.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void poolOfItsOwn(int loops, long workNanos) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      loops(pool, loops, workNanos, 0);
    }
  }

  /** Computes for about so long on a core of its own, longer if the core is taken away. */
  private void busy(long nanos) {
    steps(nanos * stepsPerMicro / 1000);
  }

  private static void steps(long count) {
    long state = count;
    for (long i = 0; i < count; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
    }
    if (state == 42) {
      System.out.println("a result that is used");
    }
  }

  private static long stepsPerMicro() {
    int steps = 1_000_000;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long start = System.nanoTime();
      steps(steps);
      best = Math.min(best, System.nanoTime() - start);
    }
    return Math.max(1, 1000L * steps / best);
  }
}
