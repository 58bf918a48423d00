package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import jcuda.driver.CUdeviceptr;

/** Gives each convolution to cuDNN or to our own kernels, and adds what cuDNN did not fuse. */
final class ConvolutionLayers {

  private final DeviceMemory memory;
  private final KernelModule features;
  private final Layout layout;
  private final DType featureType;
  private final Convolutions convolutions;
  private final DirectConvolutions direct;
  private final Elementwise elementwise;

  ConvolutionLayers(
      DeviceMemory memory,
      KernelModule features,
      Layout layout,
      DType featureType,
      Convolutions convolutions,
      Elementwise elementwise) {
    this.memory = memory;
    this.features = features;
    this.layout = layout;
    this.featureType = featureType;
    this.convolutions = convolutions;
    this.elementwise = elementwise;
    direct = new DirectConvolutions(features, layout, featureType);
  }

  /** {@code y = conv(x) + bias}, then the maximum with 0 if asked. */
  void forward(Tensor y, Tensor x, CudaFilter filter, boolean rectify) {
    if (!convolutions.takes(filter, x.type())) {
      direct.forward(map(y), map(x), filter, rectify);
      return;
    }
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    if (rectify && convolutions.forwardBiasRelu(out, in, x.shape(), filter)) {
      return;
    }
    convolutions.forward(out, in, x.shape(), filter);
    addBias(out, y.shape(), filter, rectify);
  }

  private void addBias(CUdeviceptr y, Shape shape, CudaFilter filter, boolean rectify) {
    int pack = 16 / featureType.bytes();
    Arguments arguments = new Arguments().pointer(y).pointer(filter.bias());
    if (layout.isChannelsLast(shape) && shape.c() % pack == 0) {
      long packs = shape.size() / pack;
      features.launch(
          "add_bias_packs",
          Grid.covering(packs),
          arguments.int32(shape.c() / pack).flag(rectify).index(packs));
    } else {
      features.launch(
          "add_bias",
          Grid.covering(shape.size()),
          arguments
              .int32(shape.c())
              .int32(Math.toIntExact(layout.channelStride(shape)))
              .flag(rectify)
              .index(shape.size()));
    }
  }

  /** Gradient with respect to the input. */
  void backward(Tensor dx, Tensor dy, CudaFilter filter) {
    if (convolutions.takes(filter, dx.type())) {
      convolutions.backward(memory.pointer(dx), memory.pointer(dy), dx.shape(), filter);
    } else {
      direct.backward(map(dx), map(dy), null, filter);
    }
  }

  /** The same through a ReLU, y being the forward result; dy is undefined afterwards. */
  void reluBackward(Tensor dx, Tensor dy, Tensor y, CudaFilter filter) {
    CUdeviceptr mask = memory.pointer(y);
    if (!convolutions.takes(filter, dx.type()) && direct.backward(map(dx), map(dy), mask, filter)) {
      return;
    }
    elementwise.reluBackward(dy, dy, y);
    backward(dx, dy, filter);
  }

  private DirectConvolutions.Map map(Tensor tensor) {
    return new DirectConvolutions.Map(memory.pointer(tensor), tensor.shape(), tensor.type());
  }
}
