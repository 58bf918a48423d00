package dev.nst.cuda;

import dev.nst.backend.Precision;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/**
 * 3x3 convolutions by cuDNN: forward with bias and ReLU in one kernel where the library has it, and
 * the gradient with respect to the input. The algorithm for each shape is the fastest that cuDNN
 * finds by running them, once.
 */
final class Convolutions {

  /** Channels that 16-bit and TF32 tensor-core kernels take in one piece. */
  private static final int CHANNEL_MULTIPLE = 8;

  private record PlanKey(Shape x, int outChannels) {}

  private record FilterKey(int outChannels, int inChannels) {}

  private final Cudnn cudnn;
  private final Workspace workspace;
  private final Layout layout;
  private final DType type;
  private final AlgorithmChoice choice;
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
  private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
  private final Map<FilterKey, cudnnFilterDescriptor> filters = new HashMap<>();
  private final Map<PlanKey, Integer> forwardPlans = new HashMap<>();
  private final Map<PlanKey, Integer> backwardPlans = new HashMap<>();
  private final Map<PlanKey, Boolean> fusable = new HashMap<>();

  Convolutions(
      Cudnn cudnn, Workspace workspace, Layout layout, Precision precision, DType featureType) {
    this.cudnn = cudnn;
    this.workspace = workspace;
    this.layout = layout;
    type = featureType;
    choice = new AlgorithmChoice(cudnn, workspace);
    cudnn.create(
        "ConvolutionDescriptor",
        () -> JCudnn.cudnnCreateConvolutionDescriptor(convolution),
        () -> JCudnn.cudnnDestroyConvolutionDescriptor(convolution));
    Checked.cudnn(
        "cudnnSetConvolution2dDescriptor",
        () ->
            JCudnn.cudnnSetConvolution2dDescriptor(
                convolution,
                1,
                1,
                1,
                1,
                1,
                1,
                cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                cudnnDataType.CUDNN_DATA_FLOAT));
    // cuDNN's default would use TF32 on float32 maps, whatever cuBLAS does.
    int mathType =
        precision == Precision.FP32
            ? cudnnMathType.CUDNN_FMA_MATH
            : cudnnMathType.CUDNN_TENSOR_OP_MATH;
    Checked.cudnn(
        "cudnnSetConvolutionMathType",
        () -> JCudnn.cudnnSetConvolutionMathType(convolution, mathType));
    cudnn.create(
        "ActivationDescriptor",
        () -> JCudnn.cudnnCreateActivationDescriptor(relu),
        () -> JCudnn.cudnnDestroyActivationDescriptor(relu));
    // The fused call refuses an activation that promises to propagate NaN.
    Checked.cudnn(
        "cudnnSetActivationDescriptor",
        () ->
            JCudnn.cudnnSetActivationDescriptor(
                relu,
                cudnnActivationMode.CUDNN_ACTIVATION_RELU,
                cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN,
                0));
  }

  /**
   * Returns whether cuDNN gets this convolution; {@link DirectConvolutions} has the others.
   *
   * @param mapType element type of the input or its gradient
   */
  boolean takes(CudaFilter filter, DType mapType) {
    if (!layout.channelsLast()) {
      return true;
    }
    return mapType == type
        && filter.isChannelsLast()
        && filter.inChannels() % CHANNEL_MULTIPLE == 0
        && filter.outChannels() % CHANNEL_MULTIPLE == 0;
  }

  /** {@code y = conv(x)}, without the bias. */
  void forward(CUdeviceptr y, CUdeviceptr x, Shape shape, CudaFilter filter) {
    cudnnTensorDescriptor in = cudnn.tensor(shape, type);
    cudnnTensorDescriptor out = cudnn.tensor(shape.withChannels(filter.outChannels()), type);
    cudnnFilterDescriptor weights = describe(filter);
    int algorithm = forwardAlgorithm(y, x, shape, filter);
    Checked.cudnn(
        "cudnnConvolutionForward",
        () ->
            JCudnn.cudnnConvolutionForward(
                cudnn.handle(),
                Cudnn.ONE,
                in,
                x,
                weights,
                filter.weights(),
                convolution,
                algorithm,
                workspace.cudnn(),
                workspace.cudnnBytes(),
                Cudnn.ZERO,
                out,
                y),
        () -> detail(shape, filter, algorithm));
  }

  /**
   * {@code y = max(conv(x) + bias, 0)} in one kernel.
   *
   * @return false if this cuDNN does not fuse it for this shape; y is then undefined
   */
  boolean forwardBiasRelu(CUdeviceptr y, CUdeviceptr x, Shape shape, CudaFilter filter) {
    PlanKey key = new PlanKey(shape, filter.outChannels());
    if (Boolean.FALSE.equals(fusable.get(key))) {
      return false;
    }
    cudnnTensorDescriptor in = cudnn.tensor(shape, type);
    cudnnTensorDescriptor out = cudnn.tensor(shape.withChannels(filter.outChannels()), type);
    cudnnTensorDescriptor bias = cudnn.tensor(new Shape(1, filter.outChannels(), 1, 1), type);
    cudnnFilterDescriptor weights = describe(filter);
    int algorithm = forwardAlgorithm(y, x, shape, filter);
    try {
      Checked.cudnn(
          "cudnnConvolutionBiasActivationForward",
          () ->
              JCudnn.cudnnConvolutionBiasActivationForward(
                  cudnn.handle(),
                  Cudnn.ONE,
                  in,
                  x,
                  weights,
                  filter.weights(),
                  convolution,
                  algorithm,
                  workspace.cudnn(),
                  workspace.cudnnBytes(),
                  Cudnn.ZERO,
                  out,
                  y,
                  bias,
                  filter.bias(),
                  relu,
                  out,
                  y),
          () -> detail(shape, filter, algorithm));
      fusable.put(key, true);
      return true;
    } catch (CudaFailure e) {
      if (!e.isNotSupported() || fusable.containsKey(key)) {
        throw e;
      }
      fusable.put(key, false);
      return false;
    }
  }

  /** Gradient with respect to the input. */
  void backward(CUdeviceptr dx, CUdeviceptr dy, Shape shape, CudaFilter filter) {
    cudnnTensorDescriptor in = cudnn.tensor(shape, type);
    cudnnTensorDescriptor out = cudnn.tensor(shape.withChannels(filter.outChannels()), type);
    cudnnFilterDescriptor weights = describe(filter);
    int algorithm =
        backwardPlans.computeIfAbsent(
            new PlanKey(shape, filter.outChannels()),
            key ->
                choice.backward(
                    weights,
                    filter.weights(),
                    out,
                    dy,
                    convolution,
                    in,
                    dx,
                    detail(shape, filter, -1)));
    Checked.cudnn(
        "cudnnConvolutionBackwardData",
        () ->
            JCudnn.cudnnConvolutionBackwardData(
                cudnn.handle(),
                Cudnn.ONE,
                weights,
                filter.weights(),
                out,
                dy,
                convolution,
                algorithm,
                workspace.cudnn(),
                workspace.cudnnBytes(),
                Cudnn.ZERO,
                in,
                dx),
        () -> detail(shape, filter, algorithm));
  }

  private int forwardAlgorithm(CUdeviceptr y, CUdeviceptr x, Shape shape, CudaFilter filter) {
    return forwardPlans.computeIfAbsent(
        new PlanKey(shape, filter.outChannels()),
        key ->
            choice.forward(
                cudnn.tensor(shape, type),
                x,
                describe(filter),
                filter.weights(),
                convolution,
                cudnn.tensor(shape.withChannels(filter.outChannels()), type),
                y,
                detail(shape, filter, -1)));
  }

  private cudnnFilterDescriptor describe(CudaFilter filter) {
    return filters.computeIfAbsent(
        new FilterKey(filter.outChannels(), filter.inChannels()),
        key -> {
          cudnnFilterDescriptor descriptor = new cudnnFilterDescriptor();
          cudnn.create(
              "FilterDescriptor",
              () -> JCudnn.cudnnCreateFilterDescriptor(descriptor),
              () -> JCudnn.cudnnDestroyFilterDescriptor(descriptor));
          Checked.cudnn(
              "cudnnSetFilter4dDescriptor",
              () ->
                  JCudnn.cudnnSetFilter4dDescriptor(
                      descriptor,
                      Layout.cudnnType(type),
                      filter.isChannelsLast()
                          ? cudnnTensorFormat.CUDNN_TENSOR_NHWC
                          : cudnnTensorFormat.CUDNN_TENSOR_NCHW,
                      filter.outChannels(),
                      filter.inChannels(),
                      3,
                      3),
              key::toString);
          return descriptor;
        });
  }

  private String detail(Shape x, CudaFilter filter, int algorithm) {
    return x
        + " "
        + type
        + (layout.isChannelsLast(x) ? " channels last" : "")
        + " to "
        + filter.outChannels()
        + " channels"
        + (algorithm < 0 ? "" : ", algorithm " + algorithm)
        + ", on "
        + cudnn.stream().device().name();
  }
}
