package dev.nst.cuda;

import dev.nst.NstException;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.tensor.Tensor;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/** Memory of the device: blocks for tensors and for what kernels need beside them. */
final class DeviceMemory implements StorageAllocator {

  /** What the driver aligns blocks to anyway; whole multiples make blocks of arenas reusable. */
  private static final long ALIGNMENT = 256;

  private final CudaStream stream;
  private long allocatedBytes;

  DeviceMemory(CudaStream stream) {
    this.stream = stream;
  }

  /** A block of device memory. */
  final class Block implements Storage {
    private final CUdeviceptr pointer;
    private final long bytes;
    private boolean freed;

    private Block(CUdeviceptr pointer, long bytes) {
      this.pointer = pointer;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    CUdeviceptr pointer() {
      if (freed) {
        throw new IllegalStateException("a block of device memory was used after it was freed");
      }
      return pointer;
    }

    /** Returns the address of a byte of this block. */
    CUdeviceptr pointer(long offset) {
      return pointer().withByteOffset(offset);
    }

    private DeviceMemory owner() {
      return DeviceMemory.this;
    }

    @Override
    public void free() {
      if (!freed) {
        freed = true;
        allocatedBytes -= bytes;
        CudaStream.quietly(
            "cuMemFree",
            () -> {
              stream.enter();
              Checked.driver("cuMemFree", () -> JCudaDriver.cuMemFree(pointer));
            });
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws NstException if the tensor has more elements than cuDNN and our kernels can count
   */
  @Override
  public long bytesFor(Shape shape, DType type) {
    if (shape.size() > Integer.MAX_VALUE) {
      throw new NstException(
          "A tensor of "
              + shape.size()
              + " numbers is more than cuDNN can address, which is 2^31 - 1; choose a smaller"
              + " size.");
    }
    return aligned(Math.multiplyExact(shape.size(), (long) type.bytes()));
  }

  static long aligned(long bytes) {
    return Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  @Override
  public Block allocate(long bytes) {
    if (stream.isCapturing()) {
      throw new IllegalStateException(
          "a recorded step allocates " + bytes + " bytes that its first run did not");
    }
    CUdeviceptr pointer = new CUdeviceptr();
    Checked.driver(
        "cuMemAlloc",
        () -> JCudaDriver.cuMemAlloc(pointer, bytes),
        () ->
            bytes
                + " bytes on "
                + stream.device().name()
                + ", beside "
                + allocatedBytes
                + " that this backend holds");
    allocatedBytes += bytes;
    return new Block(pointer, bytes);
  }

  /** Returns the bytes that are free on the device, for all programs. */
  long freeBytes() {
    stream.enter();
    long[] free = new long[1];
    long[] total = new long[1];
    Checked.driver("cuMemGetInfo", () -> JCudaDriver.cuMemGetInfo(free, total));
    return free[0];
  }

  /**
   * Returns where a tensor lies.
   *
   * @throws IllegalStateException if the tensor was released
   * @throws IllegalArgumentException if it belongs to another backend
   */
  CUdeviceptr pointer(Tensor tensor) {
    Block block = tensor.storage(Block.class);
    if (block.owner() != this) {
      throw new IllegalArgumentException(tensor + " belongs to another backend");
    }
    return block.pointer();
  }

  /** Copies from the host; the array may change afterwards. */
  void upload(CUdeviceptr destination, float[] source) {
    copyIn(destination, Pointer.to(source), (long) source.length * Float.BYTES);
  }

  /** Copies 16-bit floats from the host; the array may change afterwards. */
  void upload(CUdeviceptr destination, short[] source) {
    copyIn(destination, Pointer.to(source), (long) source.length * Short.BYTES);
  }

  private void copyIn(CUdeviceptr destination, Pointer source, long bytes) {
    Checked.driver(
        "cuMemcpyHtoDAsync",
        () -> JCudaDriver.cuMemcpyHtoDAsync(destination, source, bytes, stream.handle()),
        () -> bytes + " bytes");
    // JCuda may pin or copy the Java array for the duration of the call only.
    stream.synchronize();
  }

  /** Copies to the host, after all work before it. */
  void download(float[] destination, CUdeviceptr source) {
    long bytes = (long) destination.length * Float.BYTES;
    // Into memory that is not page-locked, as Java's is, the copy is done when the call returns.
    Checked.driver(
        "cuMemcpyDtoHAsync",
        () ->
            JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(destination), source, bytes, stream.handle()),
        () -> bytes + " bytes");
    stream.synchronize();
  }

  /** Sets bytes to zero, in the stream's order. */
  void clear(CUdeviceptr destination, long bytes) {
    Checked.driver(
        "cuMemsetD8Async",
        () -> JCudaDriver.cuMemsetD8Async(destination, (byte) 0, bytes, stream.handle()),
        () -> bytes + " bytes");
  }

  /** Copies between blocks, in the stream's order. */
  void copy(CUdeviceptr destination, CUdeviceptr source, long bytes) {
    Checked.driver(
        "cuMemcpyDtoDAsync",
        () -> JCudaDriver.cuMemcpyDtoDAsync(destination, source, bytes, stream.handle()),
        () -> bytes + " bytes");
  }
}
