package dev.nst.cuda;

import dev.nst.backend.Precision;
import dev.nst.cuda.AlgorithmChoice.Effort;
import dev.nst.cuda.ConvolutionSearch.Problem;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * 3x3 convolutions by cuDNN: forward with bias and ReLU in one kernel where the library has it, and
 * the gradient with respect to the input. The algorithm for each shape is found by running them,
 * once.
 */
final class Convolutions {

  private static final Logger LOG = LoggerFactory.getLogger(Convolutions.class);

  /** Channels that 16-bit and TF32 tensor-core kernels take in one piece. */
  private static final int CHANNEL_MULTIPLE = 8;

  private record PlanKey(Shape x, int outChannels) {}

  private record FilterKey(int outChannels, int inChannels) {}

  private final Cudnn cudnn;
  private final Workspace workspace;
  private final Layout layout;
  private final DType type;
  private final ConvolutionSearch search;
  private final AlgorithmChoice choice;
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
  private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
  private final Map<FilterKey, cudnnFilterDescriptor> filters = new HashMap<>();
  private final Map<PlanKey, Integer> forwardPlans = new HashMap<>();
  private final Map<PlanKey, Integer> backwardPlans = new HashMap<>();

  /** Empty where no algorithm of this cuDNN fuses bias and ReLU. */
  private final Map<PlanKey, OptionalInt> fusedPlans = new HashMap<>();

  Convolutions(
      Cudnn cudnn, Workspace workspace, Layout layout, Precision precision, DType featureType) {
    this.cudnn = cudnn;
    this.workspace = workspace;
    this.layout = layout;
    type = featureType;
    search = new ConvolutionSearch(cudnn, workspace);
    choice = new AlgorithmChoice(cudnn.stream(), workspace);
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
    int mathType =
        switch (precision) {
          case FP32 -> cudnnMathType.CUDNN_FMA_MATH;
          // On float32 maps cuDNN's default is TF32, whatever cuBLAS's default is.
          case TF32 -> cudnnMathType.CUDNN_DEFAULT_MATH;
          case FP16, BF16 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
        };
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
    Problem p = problem(y, x, shape, filter);
    int algorithm =
        forwardPlans.computeIfAbsent(
            key(shape, filter),
            key -> fastestForward("forward", p, candidate -> runForward(p, candidate)));
    runForward(p, algorithm);
  }

  /**
   * {@code y = max(conv(x) + bias, 0)} in one kernel.
   *
   * @return false if this cuDNN does not fuse it for this shape; y is then undefined
   */
  boolean forwardBiasRelu(CUdeviceptr y, CUdeviceptr x, Shape shape, CudaFilter filter) {
    Problem p = problem(y, x, shape, filter);
    OptionalInt algorithm =
        fusedPlans.computeIfAbsent(key(shape, filter), key -> fastestFused(p, filter));
    if (algorithm.isEmpty()) {
      return false;
    }
    runForwardBiasRelu(p, filter, algorithm.getAsInt());
    return true;
  }

  private int fastestForward(String what, Problem p, IntConsumer run) {
    Effort effort = choice.effort(p.products());
    return choice.fastest(
        what + " " + p.detail(),
        effort,
        search.forward(p, effort == Effort.ALL),
        candidate -> search.forwardWorkspace(p, candidate),
        run);
  }

  private OptionalInt fastestFused(Problem p, CudaFilter filter) {
    try {
      return OptionalInt.of(
          fastestForward(
              "forward with bias and ReLU",
              p,
              candidate -> runForwardBiasRelu(p, filter, candidate)));
    } catch (CudaFailure e) {
      // Where it is the device that failed, the next call says so.
      LOG.debug("not fused: {}", p.detail(), e);
      return OptionalInt.empty();
    }
  }

  /** Gradient with respect to the input. */
  void backward(CUdeviceptr dx, CUdeviceptr dy, Shape shape, CudaFilter filter) {
    Problem p = problem(dy, dx, shape, filter);
    int algorithm = backwardPlans.computeIfAbsent(key(shape, filter), key -> fastestBackward(p));
    runBackward(p, algorithm);
  }

  private int fastestBackward(Problem p) {
    Effort effort = choice.effort(p.products());
    return choice.fastest(
        "backward " + p.detail(),
        effort,
        search.backward(p, effort == Effort.ALL),
        candidate -> search.backwardWorkspace(p, candidate),
        candidate -> runBackward(p, candidate));
  }

  private static PlanKey key(Shape shape, CudaFilter filter) {
    return new PlanKey(shape, filter.outChannels());
  }

  private Problem problem(CUdeviceptr y, CUdeviceptr x, Shape shape, CudaFilter filter) {
    return new Problem(
        cudnn.tensor(shape, type),
        x,
        describe(filter),
        filter.weights(),
        convolution,
        cudnn.tensor(shape.withChannels(filter.outChannels()), type),
        y,
        9 * shape.size() * filter.outChannels(),
        shape
            + " "
            + type
            + (layout.isChannelsLast(shape) ? " channels last" : "")
            + " to "
            + filter.outChannels()
            + " channels, on "
            + cudnn.stream().device().name());
  }

  private void runForward(Problem p, int algorithm) {
    Checked.cudnn(
        "cudnnConvolutionForward",
        () ->
            JCudnn.cudnnConvolutionForward(
                cudnn.handle(),
                Cudnn.ONE,
                p.in(),
                p.x(),
                p.filter(),
                p.weights(),
                p.convolution(),
                algorithm,
                workspace.cudnn(),
                workspace.cudnnBytes(),
                Cudnn.ZERO,
                p.out(),
                p.y()),
        () -> p.detail() + ", algorithm " + algorithm);
  }

  private void runForwardBiasRelu(Problem p, CudaFilter filter, int algorithm) {
    cudnnTensorDescriptor bias = cudnn.tensor(new Shape(1, filter.outChannels(), 1, 1), type);
    Checked.cudnn(
        "cudnnConvolutionBiasActivationForward",
        () ->
            JCudnn.cudnnConvolutionBiasActivationForward(
                cudnn.handle(),
                Cudnn.ONE,
                p.in(),
                p.x(),
                p.filter(),
                p.weights(),
                p.convolution(),
                algorithm,
                workspace.cudnn(),
                workspace.cudnnBytes(),
                Cudnn.ZERO,
                p.out(),
                p.y(),
                bias,
                filter.bias(),
                relu,
                p.out(),
                p.y()),
        () -> p.detail() + ", algorithm " + algorithm);
  }

  private void runBackward(Problem p, int algorithm) {
    Checked.cudnn(
        "cudnnConvolutionBackwardData",
        () ->
            JCudnn.cudnnConvolutionBackwardData(
                cudnn.handle(),
                Cudnn.ONE,
                p.filter(),
                p.weights(),
                p.out(),
                p.y(),
                p.convolution(),
                algorithm,
                workspace.cudnn(),
                workspace.cudnnBytes(),
                Cudnn.ZERO,
                p.in(),
                p.x()),
        () -> p.detail() + ", algorithm " + algorithm);
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
}
