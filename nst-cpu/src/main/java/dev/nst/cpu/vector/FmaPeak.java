package dev.nst.cpu.vector;

import static dev.nst.cpu.vector.Simd.FLOATS;
import static dev.nst.cpu.vector.Simd.LANES;

import dev.nst.cpu.WorkerPool;
import jdk.incubator.vector.FloatVector;

/**
 * Measures how many floating-point operations a second the multiply-add units do when nothing keeps
 * them waiting: twelve independent chains in registers, no memory. It is the ceiling that matrix
 * products are compared with.
 */
final class FmaPeak {

  private static final int CHAINS = 12;
  private static final int LENGTH = 4_000_000;
  private static final int ROUNDS = 12;

  /**
   * Short calls for the compiler to see first: a long one would be interpreted for seconds before
   * its loop is replaced.
   */
  private static final int WARM_UP_ROUNDS = 200;

  private static final int WARM_UP_LENGTH = 5000;

  private FmaPeak() {}

  /** Returns the best of several rounds, in operations a second; a multiply-add counts as two. */
  static double measure(WorkerPool pool) {
    float[] sinks = new float[pool.threads()];
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      run(pool, sinks, WARM_UP_LENGTH);
    }
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      run(pool, sinks, LENGTH);
      double seconds = (System.nanoTime() - start) / 1e9;
      best = Math.max(best, 2.0 * CHAINS * LANES * LENGTH * sinks.length / seconds);
    }
    return best;
  }

  private static void run(WorkerPool pool, float[] sinks, int length) {
    pool.parallelFor(sinks.length, (task, worker) -> sinks[task] = chains(length, 0.999f));
  }

  private static float chains(int length, float factor) {
    FloatVector f = FloatVector.broadcast(FLOATS, factor);
    FloatVector c0 = f;
    FloatVector c1 = f;
    FloatVector c2 = f;
    FloatVector c3 = f;
    FloatVector c4 = f;
    FloatVector c5 = f;
    FloatVector c6 = f;
    FloatVector c7 = f;
    FloatVector c8 = f;
    FloatVector c9 = f;
    FloatVector c10 = f;
    FloatVector c11 = f;
    for (int i = 0; i < length; i++) {
      c0 = c0.fma(f, f);
      c1 = c1.fma(f, f);
      c2 = c2.fma(f, f);
      c3 = c3.fma(f, f);
      c4 = c4.fma(f, f);
      c5 = c5.fma(f, f);
      c6 = c6.fma(f, f);
      c7 = c7.fma(f, f);
      c8 = c8.fma(f, f);
      c9 = c9.fma(f, f);
      c10 = c10.fma(f, f);
      c11 = c11.fma(f, f);
    }
    FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    return sum.add(c6).add(c7).add(c8).add(c9).add(c10).add(c11).lane(0);
  }
}
