package dev.nst.cuda;

import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Measures how many bytes a second an element-wise kernel of ours moves in the device's memory:
 * sums of two float32 tensors into a third, larger and larger until one takes long enough, by when
 * the second-level cache no longer holds them.
 */
final class MemoryBandwidth {

  private static final int SMALLEST = 1 << 18;
  private static final int LARGEST = 1 << 26;
  private static final double LONG_ENOUGH_SECONDS = 0.0002;
  private static final int TENSORS = 3;
  private static final int ROUNDS = 7;

  private final CudaStream stream;
  private final DeviceMemory memory;
  private final Elementwise elementwise;

  MemoryBandwidth(CudaStream stream, DeviceMemory memory, Elementwise elementwise) {
    this.stream = stream;
    this.memory = memory;
    this.elementwise = elementwise;
  }

  /** Returns the best of several rounds at the largest size, in bytes read and written a second. */
  double measure() {
    int elements = SMALLEST;
    double seconds = seconds(elements);
    // A smaller size, which a cache holds, would come out faster than memory is.
    while (seconds < LONG_ENOUGH_SECONDS
        && elements < LARGEST
        && bytes(4 * elements) < memory.freeBytes() / 2) {
      elements *= 4;
      seconds = seconds(elements);
    }
    return bytes(elements) / seconds;
  }

  private static long bytes(int elements) {
    return (long) TENSORS * elements * Float.BYTES;
  }

  private double seconds(int elements) {
    try (Arena arena = new Arena("bandwidth", memory);
        Stopwatch watch = new Stopwatch(stream)) {
      Tensor sum = arena.allocate(Shape.vector(elements));
      Tensor left = arena.allocate(Shape.vector(elements));
      Tensor right = arena.allocate(Shape.vector(elements));
      elementwise.fill(left, 1);
      elementwise.fill(right, 1);
      double best = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        watch.start();
        elementwise.add(sum, left, right);
        best = Math.min(best, watch.stopMillis() / 1e3);
      }
      return best;
    }
  }
}
