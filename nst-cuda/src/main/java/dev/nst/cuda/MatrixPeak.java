package dev.nst.cuda;

import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import jcuda.driver.CUdeviceptr;

/**
 * Measures what the device's matrix units do at best: products of square matrices of the features'
 * type, larger and larger until one takes long enough.
 */
final class MatrixPeak {

  private static final int SMALLEST = 512;
  private static final int LARGEST = 8192;
  private static final double LONG_ENOUGH_SECONDS = 0.002;
  private static final int ROUNDS = 7;

  private final CudaStream stream;
  private final DeviceMemory memory;
  private final KernelModule kernels;
  private final MatrixProducts products;
  private final DType type;

  MatrixPeak(
      CudaStream stream,
      DeviceMemory memory,
      KernelModule kernels,
      MatrixProducts products,
      DType type) {
    this.stream = stream;
    this.memory = memory;
    this.kernels = kernels;
    this.products = products;
    this.type = type;
  }

  /** Returns the best of several rounds, in floating-point operations a second. */
  double measure() {
    double best = 0;
    for (int size = SMALLEST; size <= LARGEST; size *= 2) {
      double operations = 2.0 * size * size * size;
      double seconds = seconds(size);
      best = Math.max(best, operations / seconds);
      long nextBytes = 3L * 4 * size * size * type.bytes();
      // The next size takes about eight times as long.
      if (seconds >= LONG_ENOUGH_SECONDS || nextBytes > memory.freeBytes() / 2) {
        break;
      }
    }
    return best;
  }

  private double seconds(int size) {
    try (Arena arena = new Arena("peak", memory);
        Stopwatch watch = new Stopwatch(stream)) {
      Shape shape = Shape.matrix(size, size);
      CUdeviceptr a = noise(arena.allocate(shape, type), 1);
      CUdeviceptr b = noise(arena.allocate(shape, type), 2);
      CUdeviceptr c = memory.pointer(arena.allocate(shape, type));
      double best = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        watch.start();
        products.square(c, a, b, type, size);
        best = Math.min(best, watch.stopMillis() / 1e3);
      }
      return best;
    }
  }

  private CUdeviceptr noise(Tensor tensor, int seed) {
    CUdeviceptr pointer = memory.pointer(tensor);
    long elements = tensor.shape().size();
    kernels.launch(
        "noise",
        Grid.covering(elements),
        new Arguments().pointer(pointer).int32(seed).index(elements));
    return pointer;
  }
}
