package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;

/**
 * 2x2 pooling with stride 2: forward by cuDNN, backward by kernels of our own. cuDNN's backward
 * calls want the forward's input and output again, and do not say which of several equal maxima
 * gets the gradient; here it is the first, as everywhere in nst.
 */
final class Pooling {

  private final DeviceMemory memory;
  private final Cudnn cudnn;
  private final KernelModule kernels;
  private final Layout layout;
  private final DType type;
  private final cudnnPoolingDescriptor maximum;
  private final cudnnPoolingDescriptor average;

  Pooling(
      DeviceMemory memory, Cudnn cudnn, KernelModule kernels, Layout layout, DType featureType) {
    this.memory = memory;
    this.cudnn = cudnn;
    this.kernels = kernels;
    this.layout = layout;
    type = featureType;
    maximum = describe(cudnnPoolingMode.CUDNN_POOLING_MAX);
    average = describe(cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING);
  }

  private cudnnPoolingDescriptor describe(int mode) {
    cudnnPoolingDescriptor descriptor = new cudnnPoolingDescriptor();
    cudnn.create(
        "PoolingDescriptor",
        () -> JCudnn.cudnnCreatePoolingDescriptor(descriptor),
        () -> JCudnn.cudnnDestroyPoolingDescriptor(descriptor));
    Checked.cudnn(
        "cudnnSetPooling2dDescriptor",
        () ->
            JCudnn.cudnnSetPooling2dDescriptor(
                descriptor, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN, 2, 2, 0, 0, 2, 2));
    return descriptor;
  }

  /** See {@link Backend#maxPool2x2}. */
  void max(Tensor y, Tensor x, float scale) {
    forward(maximum, y, x, scale);
  }

  /** See {@link Backend#averagePool2x2}. */
  void average(Tensor y, Tensor x, float scale) {
    forward(average, y, x, scale);
  }

  private void forward(cudnnPoolingDescriptor mode, Tensor y, Tensor x, float scale) {
    Shape shape = x.shape();
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    Checked.cudnn(
        "cudnnPoolingForward",
        () ->
            JCudnn.cudnnPoolingForward(
                cudnn.handle(),
                mode,
                Pointer.to(new float[] {scale}),
                cudnn.tensor(shape, type),
                in,
                Cudnn.ZERO,
                cudnn.tensor(shape.pooled(), type),
                out),
        () -> shape + " " + type + ", on " + cudnn.stream().device().name());
  }

  /** See {@link Backend#maxPool2x2Backward}. */
  void maxBackward(Tensor dx, Tensor dy, Tensor x, float scale) {
    backward("max_pool_backward", pointers(dx, dy, x), x.shape(), scale);
  }

  /** See {@link Backend#averagePool2x2Backward}. */
  void averageBackward(Tensor dx, Tensor dy, float scale) {
    backward("average_pool_backward", pointers(dx, dy), dx.shape(), scale);
  }

  /** See {@link Backend#l2Pool2x2}. */
  void l2(Tensor y, Tensor x, float scale) {
    launchByElements("l2_pool", pointers(y, x), x.shape(), scale);
  }

  /** See {@link Backend#l2Pool2x2Backward}. */
  void l2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    launchByElements("l2_pool_backward", pointers(dx, dy, x), x.shape(), scale);
  }

  private Arguments pointers(Tensor... tensors) {
    Arguments arguments = new Arguments();
    for (Tensor tensor : tensors) {
      arguments.pointer(memory.pointer(tensor));
    }
    return arguments;
  }

  /** Gives each window in each channel a thread. */
  private void launchByElements(String kernel, Arguments arguments, Shape shape, float scale) {
    boolean last = layout.isChannelsLast(shape);
    long windows = (long) ((shape.h() + 1) / 2) * ((shape.w() + 1) / 2);
    long threads = (long) shape.n() * shape.c() * windows;
    kernels.launch(
        kernel,
        Grid.covering(threads),
        arguments
            .ints(shape.c(), shape.h(), shape.w(), last ? 1 : 0)
            .float32(scale)
            .index(threads));
  }

  /** Gives each window in each channel a thread, or in as many channels as make 16 bytes. */
  private void backward(String kernel, Arguments arguments, Shape shape, float scale) {
    int pack = 16 / type.bytes();
    boolean last = layout.isChannelsLast(shape);
    boolean packs = last && shape.c() % pack == 0;
    int channels = packs ? shape.c() / pack : shape.c();
    long windows = (long) ((shape.h() + 1) / 2) * ((shape.w() + 1) / 2);
    long threads = shape.n() * channels * windows;
    kernels.launch(
        packs ? kernel + "_packs" : kernel,
        Grid.covering(threads),
        arguments.ints(channels, shape.h(), shape.w(), last ? 1 : 0).float32(scale).index(threads));
  }
}
