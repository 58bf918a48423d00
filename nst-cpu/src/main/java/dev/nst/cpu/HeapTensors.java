package dev.nst.cpu;

import dev.nst.NstException;
import dev.nst.backend.Precision;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.tensor.Tensor;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The memory of one CPU backend: float32 tensors in arrays on the Java heap, which no other backend
 * may touch, not even another of the same name.
 */
public final class HeapTensors implements StorageAllocator {

  private static final class Block implements Storage {
    private final HeapTensors owner;
    private final long bytes;
    private float[] data;

    Block(HeapTensors owner, float[] data) {
      this.owner = owner;
      this.bytes = (long) data.length * Float.BYTES;
      this.data = data;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void free() {
      data = null;
    }
  }

  private final String backend;
  private final ToLongFunction<Shape> length;

  /**
   * The memory of a backend.
   *
   * @param backend name that errors call it
   * @param precision what was asked for, if anything
   * @param length how many numbers the array of a tensor holds, padding included
   * @throws NstException if the precision is not fp32
   */
  public HeapTensors(String backend, Optional<Precision> precision, ToLongFunction<Shape> length) {
    if (precision.isPresent() && precision.get() != Precision.FP32) {
      throw new NstException(
          "Backend '"
              + backend
              + "' computes in fp32 only, not in "
              + precision.get().label()
              + "; leave the precision out or ask for fp32.");
    }
    this.backend = backend;
    this.length = length;
  }

  @Override
  public long bytesFor(Shape shape, DType type) {
    if (type != DType.F32) {
      throw new NstException(
          "Backend '" + backend + "' computes in float32 only, not in " + type + ".");
    }
    return HeapMemory.requireLength(length.applyAsLong(shape)) * Float.BYTES;
  }

  @Override
  public Storage allocate(long bytes) {
    return new Block(this, HeapMemory.floats(bytes / Float.BYTES));
  }

  /**
   * Returns the array of a tensor.
   *
   * @throws IllegalStateException if the tensor was released
   * @throws IllegalArgumentException if it belongs to another backend
   */
  public float[] data(Tensor tensor) {
    Block block = tensor.storage(Block.class);
    if (block.owner != this) {
      throw new IllegalArgumentException(tensor + " belongs to another backend");
    }
    return block.data;
  }
}
