package dev.nst.cpu;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The device that the CPU backends have in common: float32 in arrays on the Java heap, and kernels
 * that have finished when they return.
 */
public abstract class HeapBackend implements Backend {

  private final String name;
  private final HeapTensors memory;

  /**
   * Opens the memory of a backend.
   *
   * @param name the provider's
   * @param precision what was asked for, if anything
   * @param length how many numbers the array of a tensor holds, padding included
   * @throws dev.nst.NstException if the precision is not fp32
   */
  protected HeapBackend(String name, Optional<Precision> precision, ToLongFunction<Shape> length) {
    this.name = name;
    memory = new HeapTensors(name, precision, length);
  }

  /** Returns the memory that this backend's tensors lie in. */
  protected final HeapTensors memory() {
    return memory;
  }

  /** Returns the array of a tensor, as {@link HeapTensors#data} does. */
  protected final float[] data(Tensor tensor) {
    return memory.data(tensor);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Precision precision() {
    return Precision.FP32;
  }

  @Override
  public final DType featureType() {
    return DType.F32;
  }

  @Override
  public final Arena openArena(String arena) {
    return new Arena(arena, memory);
  }

  @Override
  public final long availableBytes() {
    return HeapMemory.availableBytes();
  }

  @Override
  public final String memoryHint() {
    return HeapMemory.HINT;
  }

  @Override
  public final long bytesFor(Shape shape, DType type) {
    return memory.bytesFor(shape, type);
  }

  @Override
  public final void synchronize() {
    // Kernels finish before they return.
  }
}
