package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
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

  private final Cudnn cudnn;
  private final KernelModule kernels;
  private final Layout layout;
  private final DType type;
  private final cudnnPoolingDescriptor maximum;
  private final cudnnPoolingDescriptor average;

  Pooling(Cudnn cudnn, KernelModule kernels, Layout layout, DType featureType) {
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

  /** Largest of each window, times {@code scale}. */
  void max(CUdeviceptr y, CUdeviceptr x, Shape shape, float scale) {
    forward(maximum, y, x, shape, scale);
  }

  /** Mean of each window, times {@code scale}. */
  void average(CUdeviceptr y, CUdeviceptr x, Shape shape, float scale) {
    forward(average, y, x, shape, scale);
  }

  private void forward(
      cudnnPoolingDescriptor mode, CUdeviceptr y, CUdeviceptr x, Shape shape, float scale) {
    Checked.cudnn(
        "cudnnPoolingForward",
        () ->
            JCudnn.cudnnPoolingForward(
                cudnn.handle(),
                mode,
                Pointer.to(new float[] {scale}),
                cudnn.tensor(shape, type),
                x,
                Cudnn.ZERO,
                cudnn.tensor(shape.pooled(), type),
                y),
        () -> shape + " " + type + ", on " + cudnn.stream().device().name());
  }

  /** Gradient of {@link #max}; x is its input, of shape {@code shape} as dx. */
  void maxBackward(CUdeviceptr dx, CUdeviceptr dy, CUdeviceptr x, Shape shape, float scale) {
    Arguments arguments = new Arguments().pointer(dx).pointer(dy).pointer(x);
    backward("max_pool_backward", arguments, shape, scale);
  }

  /** Gradient of {@link #average}. */
  void averageBackward(CUdeviceptr dx, CUdeviceptr dy, Shape shape, float scale) {
    backward("average_pool_backward", new Arguments().pointer(dx).pointer(dy), shape, scale);
  }

  /** Norm of each window, times {@code scale}. */
  void l2(CUdeviceptr y, CUdeviceptr x, Shape shape, float scale) {
    launchByElements("l2_pool", new Arguments().pointer(y).pointer(x), shape, scale);
  }

  /** Gradient of {@link #l2}; x is its input, of shape {@code shape} as dx. */
  void l2Backward(CUdeviceptr dx, CUdeviceptr dy, CUdeviceptr x, Shape shape, float scale) {
    Arguments arguments = new Arguments().pointer(dx).pointer(dy).pointer(x);
    launchByElements("l2_pool_backward", arguments, shape, scale);
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
