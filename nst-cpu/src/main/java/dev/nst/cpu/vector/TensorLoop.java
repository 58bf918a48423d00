package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;

/**
 * Element-wise loops over all numbers of a tensor, in whole vectors, by all workers.
 *
 * <p>A loop's body is called piece by piece, as the JVM compiles what is called often: vectors that
 * are not compiled take a hundred times as long, and a body called once or twice in an iteration
 * stayed so for dozens of iterations.
 */
final class TensorLoop {

  /** Numbers of a task: 256 KiB. */
  private static final int CHUNK = 64 * 1024;

  /** Numbers of a call, whole blocks of channels: little for a body that is not yet compiled. */
  static final int PIECE = 512;

  /** Works on the numbers {@code [from, to)} of the tensors' arrays. */
  interface Range {
    void run(int from, int to);
  }

  private TensorLoop() {}

  static void forEach(WorkerPool pool, Shape shape, Range range) {
    int span = Layout.span(shape);
    pool.parallelFor(
        Layout.chunks(span, CHUNK),
        (chunk, worker) -> {
          int first = chunk * CHUNK;
          int end = Layout.chunkEnd(first, CHUNK, span);
          for (int from = first; from < end; from += PIECE) {
            int to = Layout.chunkEnd(from, PIECE, end);
            range.run(Layout.OFFSET + from, Layout.OFFSET + to);
          }
        });
  }
}
