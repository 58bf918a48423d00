package dev.nst.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;

/**
 * Device memory that kernels use within one call and leave to the next: allocated when the backend
 * opens and in place until it closes, since recorded graphs hold its addresses. One stream runs
 * everything, so all may share it.
 */
final class Workspace implements AutoCloseable {

  private static final long MIB = 1 << 20;

  /** What cuBLAS recommends for Hopper; less is allowed and costs it some algorithms. */
  private static final long CUBLAS_BYTES = 32 * MIB;

  private static final long LARGEST_CUDNN_BYTES = 256 * MIB;

  /** Partial sums of a reduction: one for each block. */
  static final int PARTIAL_SUMS = 1024;

  private static final int SCALAR_BYTES = 256;

  /** Channels of the largest Gram matrix of VGG-19; a wider one gets a block of its own. */
  private static final int USUAL_CHANNELS = 512;

  private final DeviceMemory memory;
  private final DeviceMemory.Block partials;
  private final DeviceMemory.Block scalars;
  private final DeviceMemory.Block cublas;
  private final DeviceMemory.Block cudnn;
  private final List<DeviceMemory.Block> matrices = new ArrayList<>();

  Workspace(DeviceMemory memory, long totalBytes) {
    this.memory = memory;
    List<DeviceMemory.Block> made = new ArrayList<>();
    boolean complete = false;
    try {
      for (long bytes :
          new long[] {
            (long) PARTIAL_SUMS * Double.BYTES,
            SCALAR_BYTES,
            share(CUBLAS_BYTES, totalBytes),
            share(LARGEST_CUDNN_BYTES, totalBytes),
            (long) USUAL_CHANNELS * USUAL_CHANNELS * Float.BYTES
          }) {
        made.add(memory.allocate(bytes));
      }
      partials = made.get(0);
      scalars = made.get(1);
      cublas = made.get(2);
      cudnn = made.get(3);
      matrices.add(made.get(4));
      memory.upload(scalar(Scalar.ZERO), new float[] {0});
      memory.upload(scalar(Scalar.ONE), new float[] {1});
      complete = true;
    } finally {
      if (!complete) {
        made.forEach(DeviceMemory.Block::free);
      }
    }
  }

  /** Small devices spare a 32nd of their memory for each, in whole MiB. */
  private static long share(long wanted, long totalBytes) {
    return Math.max(MIB, Math.min(wanted, totalBytes / 32 / MIB * MIB));
  }

  /** Returns room for {@link #PARTIAL_SUMS} float64 numbers. */
  CUdeviceptr partials() {
    return partials.pointer();
  }

  /** What lies in the small numbers that kernels pass to the next one. */
  enum Scalar {
    /** Two float32. */
    ADAM_CORRECTIONS,
    /** An int. */
    OVERFLOW,
    /** The bits of a float32. */
    LARGEST,
    /** A float32. */
    ALPHA,
    /** A float64. */
    POWER,
    /** The float32 0, written once. */
    ZERO,
    /** The float32 1, written once. */
    ONE
  }

  /** Returns the place of a small number. */
  CUdeviceptr scalar(Scalar which) {
    return scalars.pointer(which.ordinal() * 16L);
  }

  /**
   * Returns room for a float32 matrix of so many rows and columns; never moves what it gave out.
   */
  CUdeviceptr matrix(int channels) {
    long bytes = (long) channels * channels * Float.BYTES;
    for (DeviceMemory.Block block : matrices) {
      if (bytes <= block.bytes()) {
        return block.pointer();
      }
    }
    DeviceMemory.Block wider = memory.allocate(DeviceMemory.aligned(bytes));
    matrices.add(wider);
    return wider.pointer();
  }

  CUdeviceptr cublas() {
    return cublas.pointer();
  }

  long cublasBytes() {
    return cublas.bytes();
  }

  CUdeviceptr cudnn() {
    return cudnn.pointer();
  }

  long cudnnBytes() {
    return cudnn.bytes();
  }

  /** Returns the bytes of everything here. */
  long bytes() {
    return partials.bytes()
        + scalars.bytes()
        + cublas.bytes()
        + cudnn.bytes()
        + matrices.stream().mapToLong(DeviceMemory.Block::bytes).sum();
  }

  @Override
  public void close() {
    partials.free();
    scalars.free();
    cublas.free();
    cudnn.free();
    matrices.forEach(DeviceMemory.Block::free);
  }
}
