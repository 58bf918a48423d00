package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;
import java.util.OptionalDouble;

/**
 * Measures how many bytes a second an element-wise kernel moves when no cache holds its tensors:
 * sums of two arrays into a third on all threads, which is the kernel "add" of STREAM (McCalpin
 * 1995). It is the ceiling that passes over memory are compared with.
 *
 * <p>Counted is what the kernel reads and writes, as STREAM does; that a processor fetches a line
 * before it writes to it is the machine's affair.
 */
final class MemoryBandwidth {

  /** Numbers of an array: three of 64 MiB are more than last-level caches hold. */
  private static final int LENGTH = 16 << 20;

  private static final int ARRAYS = 3;

  /** Numbers of a task: as many as those of other element-wise kernels. */
  private static final int CHUNK = 64 * 1024;

  private static final int ROUNDS = 16;

  private MemoryBandwidth() {}

  /**
   * Returns the best of several rounds, in bytes a second; empty where the heap has less than twice
   * the room that the arrays take.
   */
  static OptionalDouble measure(WorkerPool pool) {
    long bytes = (long) ARRAYS * LENGTH * Float.BYTES;
    if (HeapMemory.availableBytes() < 2 * bytes) {
      return OptionalDouble.empty();
    }
    float[] sum = HeapMemory.floats(Layout.OFFSET + LENGTH);
    float[] left = HeapMemory.floats(Layout.OFFSET + LENGTH);
    float[] right = HeapMemory.floats(Layout.OFFSET + LENGTH);
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      pool.parallelFor(
          LENGTH / CHUNK,
          (chunk, worker) -> {
            int from = Layout.OFFSET + chunk * CHUNK;
            Elementwise.add(sum, left, right, from, from + CHUNK);
          });
      best = Math.max(best, bytes / ((System.nanoTime() - start) / 1e9));
    }
    return OptionalDouble.of(best);
  }
}
