package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.function.Supplier;
import jcuda.driver.CUdeviceptr;

/** Kernels that treat every element by itself. */
final class Elementwise {

  /** Channels whose factors and offsets fit into the arguments of one kernel. */
  static final int CHANNEL_GROUP = 128;

  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Layout layout;

  Elementwise(DeviceMemory memory, Kernels kernels, Layout layout) {
    this.memory = memory;
    this.kernels = kernels;
    this.layout = layout;
  }

  /** See {@link Backend#relu}. */
  void relu(Tensor y, Tensor x) {
    launch("relu", y, new Arguments().pointer(memory.pointer(y)).pointer(memory.pointer(x)));
  }

  /** See {@link Backend#reluBackward}. */
  void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    launch(
        "relu_backward",
        dx,
        new Arguments()
            .pointer(memory.pointer(dx))
            .pointer(memory.pointer(dy))
            .pointer(memory.pointer(y)));
  }

  /** See {@link Backend#fill}. */
  void fill(Tensor y, float value) {
    launch("fill", y, new Arguments().pointer(memory.pointer(y)).float32(value));
  }

  /** See {@link Backend#copy}. */
  void copy(Tensor y, Tensor x) {
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    long n = y.shape().size();
    if (y.type() == x.type()) {
      memory.copy(out, in, n * y.type().bytes());
    } else {
      kernels
          .features()
          .launch(
              y.type() == DType.F32 ? "to_float32" : "from_float32",
              Grid.covering(n),
              new Arguments().pointer(out).pointer(in).index(n));
    }
  }

  /** See {@link Backend#add}. */
  void add(Tensor y, Tensor a, Tensor b) {
    launch(
        "add",
        y,
        new Arguments()
            .pointer(memory.pointer(y))
            .pointer(memory.pointer(a))
            .pointer(memory.pointer(b)));
  }

  /** See {@link Backend#scale}. */
  void scale(Tensor y, Tensor x, float factor) {
    launch(
        "scale",
        y,
        new Arguments().pointer(memory.pointer(y)).pointer(memory.pointer(x)).float32(factor));
  }

  /** See {@link Backend#affineChannels}. */
  void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    forEachChannelGroup(
        "affine_channels",
        x.shape(),
        factor,
        offset,
        () -> new Arguments().pointer(out).pointer(in));
  }

  /**
   * Launches a float32 kernel for as many channels at a time as fit into its arguments: tensors,
   * two numbers for each channel, and which channels they are.
   *
   * @param tensors makes the first arguments
   */
  void forEachChannelGroup(
      String kernel, Shape shape, float[] factor, float[] offset, Supplier<Arguments> tensors) {
    for (int first = 0; first < shape.c(); first += CHANNEL_GROUP) {
      int count = Math.min(CHANNEL_GROUP, shape.c() - first);
      float[] map = new float[2 * CHANNEL_GROUP];
      System.arraycopy(factor, first, map, 0, count);
      System.arraycopy(offset, first, map, CHANNEL_GROUP, count);
      kernels
          .floats()
          .launch(
              kernel,
              Grid.covering(shape.size()),
              tensors
                  .get()
                  .floats(map)
                  .int32(first)
                  .int32(count)
                  .int32(shape.c())
                  .index(layout.channelStride(shape))
                  .index(shape.size()));
    }
  }

  /** Launches a kernel over all elements of {@code y}, in packs of 16 bytes. */
  private void launch(String kernel, Tensor y, Arguments arguments) {
    long n = y.shape().size();
    int pack = 16 / y.type().bytes();
    kernels.of(y).launch(kernel, Grid.covering((n + pack - 1) / pack), arguments.index(n));
  }
}
