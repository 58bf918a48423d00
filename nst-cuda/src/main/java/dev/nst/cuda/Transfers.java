package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import jcuda.driver.CUdeviceptr;

/** Numbers on their way between the host and tensors, changed in layout and type on the device. */
final class Transfers {

  private final CudaStream stream;
  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Layout layout;

  Transfers(CudaStream stream, DeviceMemory memory, Kernels kernels, Layout layout) {
    this.stream = stream;
    this.memory = memory;
    this.kernels = kernels;
    this.layout = layout;
  }

  /** Writes row-major NCHW numbers into a tensor of any layout and type. */
  void upload(Tensor destination, float[] source) {
    CUdeviceptr pointer = memory.pointer(destination);
    Shape shape = destination.shape();
    boolean last = layout.isChannelsLast(shape);
    if (destination.type() == DType.F32 && !last) {
      memory.upload(pointer, source);
      return;
    }
    DeviceMemory.Block staging = memory.allocate(memory.bytesFor(shape, DType.F32));
    try {
      memory.upload(staging.pointer(), source);
      Arguments arguments = new Arguments().pointer(pointer).pointer(staging.pointer());
      if (last) {
        arguments.int32(shape.c()).index(shape.area());
      }
      kernels
          .of(destination)
          .launch(
              last ? "to_channels_last" : "from_float32",
              Grid.covering(shape.size()),
              arguments.index(shape.size()));
      stream.synchronize();
    } finally {
      staging.free();
    }
  }

  /** Reads a tensor of any layout and type as row-major NCHW numbers. */
  void download(float[] destination, Tensor source) {
    CUdeviceptr pointer = memory.pointer(source);
    Shape shape = source.shape();
    boolean last = layout.isChannelsLast(shape);
    if (source.type() == DType.F32 && !last) {
      memory.download(destination, pointer);
      return;
    }
    DeviceMemory.Block staging = memory.allocate(memory.bytesFor(shape, DType.F32));
    try {
      Arguments arguments = new Arguments().pointer(staging.pointer()).pointer(pointer);
      if (last) {
        arguments.int32(shape.c()).index(shape.area());
      }
      kernels
          .of(source)
          .launch(
              last ? "from_channels_last" : "to_float32",
              Grid.covering(shape.size()),
              arguments.index(shape.size()));
      memory.download(destination, staging.pointer());
    } finally {
      staging.free();
    }
  }
}
