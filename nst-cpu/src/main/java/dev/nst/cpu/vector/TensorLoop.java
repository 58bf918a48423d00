package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;

/** Element-wise loops over all numbers of a tensor, in whole vectors, by all workers. */
final class TensorLoop {

  /** Numbers of a task: 256 KiB. */
  private static final int CHUNK = 64 * 1024;

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
          range.run(Layout.OFFSET + first, Layout.OFFSET + end);
        });
  }
}
