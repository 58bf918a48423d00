package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.backend.CalledKernel;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.ForwardingBackend;
import dev.nst.backend.Replay;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does all work on another backend and times every kernel of a recorded step, so that what is timed
 * is a real iteration, with its kernels in their order and its maps where they really lie. A
 * network is to prepare its layers on it once, in their order, as {@code Vgg19} does.
 *
 * <p>It waits for the device before and after each kernel, and runs a recorded step kernel by
 * kernel; on a device that works behind the host's back, an iteration takes longer by that.
 */
final class TimedBackend extends ForwardingBackend {

  private static final String FORWARD = " forward";
  private static final String BACKWARD = " backward";

  private final KernelTimes times;
  private final Map<ConvFilter, String> layers = new IdentityHashMap<>();

  /** The layer that wrote a map of this iteration. */
  private final Map<Tensor, String> writers = new IdentityHashMap<>();

  TimedBackend(Backend real) {
    super(real);
    this.times = new KernelTimes(System::nanoTime, real::synchronize);
  }

  /** Returns what was timed so far. */
  KernelTimes times() {
    return times;
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    ConvFilter filter = super.prepareFilter(weights, bias, outChannels, inChannels);
    layers.put(filter, Vgg19Layer.values()[layers.size()].id());
    return filter;
  }

  /** Runs the step itself every time: what a device replays cannot be timed kernel by kernel. */
  @Override
  public Replay record(Runnable step) {
    return Replay.running(
        () -> {
          writers.clear();
          times.iteration(step);
        });
  }

  /** Leaves the real backend open. */
  @Override
  public void close() {
    writers.clear();
    layers.clear();
  }

  @Override
  protected void kernel(CalledKernel kernel) {
    times.kernel(row(kernel), work(kernel), kernel::run);
  }

  /** Returns what a kernel does and in which layer, and notes what that layer has written. */
  private String row(CalledKernel kernel) {
    List<Tensor> tensors = kernel.tensors();
    return switch (kernel.name()) {
      case "conv3x3", "conv3x3Relu", "conv3x3ReluReplicated" -> {
        String layer = layers.get(kernel.filter());
        writers.put(kernel.destination(), layer);
        yield layer + FORWARD;
      }
      case "conv3x3Backward", "conv3x3ReluBackward", "conv3x3ReluReplicatedBackward" ->
          layers.get(kernel.filter()) + BACKWARD;
      case "conv3x3ReluMaxPool" -> layers.get(kernel.filter()) + "+pool" + FORWARD;
      case "conv3x3ReluMaxPoolBackward" -> layers.get(kernel.filter()) + "+pool" + BACKWARD;
      case "relu", "reluBackward" -> "relu" + direction(kernel);
      case "maxPool2x2", "averagePool2x2", "l2Pool2x2" ->
          "pool " + writer(tensors.get(1)) + FORWARD;
      case "maxPool2x2Backward", "l2Pool2x2Backward" -> "pool " + writer(tensors.get(2)) + BACKWARD;
      case "averagePool2x2Backward" -> "pool" + BACKWARD;
      case "gram" -> "gram " + writer(tensors.get(1)) + FORWARD;
      case "gramBackward" -> "gram " + writer(tensors.get(2)) + BACKWARD;
      // An iteration calls them for scalars only, so that they need no row each.
      case "fill", "copy", "add", "scale" -> "element-wise";
      case "affineChannels" -> "affine channels";
      case "meanSquaredError", "meanSquaredErrorBackward" -> "squared errors" + direction(kernel);
      case "totalVariation", "totalVariationBackward" -> "total variation" + direction(kernel);
      case "adamStep" -> "adam";
      default -> kernel.name();
    };
  }

  private static String direction(CalledKernel kernel) {
    return kernel.name().endsWith("Backward") ? BACKWARD : FORWARD;
  }

  private String writer(Tensor map) {
    return writers.getOrDefault(map, map.shape().toString());
  }

  private static Work work(CalledKernel kernel) {
    Tensor[] maps =
        kernel.tensors().stream().filter(each -> each.shape().size() > 1).toArray(Tensor[]::new);
    return switch (kernel.name()) {
      case "conv3x3", "conv3x3Relu", "conv3x3ReluReplicated" ->
          convolution(kernel, kernel.tensors().get(1), kernel.destination(), maps);
      case "conv3x3ReluMaxPool" ->
          convolution(kernel, kernel.tensors().get(2), kernel.destination(), maps);
      case "conv3x3Backward",
          "conv3x3ReluBackward",
          "conv3x3ReluReplicatedBackward",
          "conv3x3ReluMaxPoolBackward" ->
          convolution(kernel, kernel.destination(), kernel.tensors().get(1), maps);
      case "gemm", "product" -> {
        Shape left = kernel.tensors().get(1).shape();
        yield Work.product(left.h(), left.w(), kernel.destination().shape().w(), maps);
      }
      case "gram" -> Work.gram(kernel.destination(), kernel.tensors().get(1));
      case "gramBackward" -> {
        Shape s = kernel.destination().shape();
        yield Work.product(s.c(), s.c(), s.area(), maps)
            .plusIf(kernel.accumulates(), kernel.destination());
      }
      // These tensors are read and written: the gradient; the picture and both moments.
      case "unscale" -> Work.pass(maps).plus(Work.pass(maps));
      case "adamStep" -> Work.pass(maps).plus(Work.pass(maps[0], maps[1], maps[2]));
      default -> Work.pass(maps).plusIf(kernel.accumulates(), kernel.destination());
    };
  }

  /**
   * A convolution or its gradient.
   *
   * @param input the map that it reads or whose gradient it writes
   * @param output the map that it writes or whose gradient it reads, in the filter's type
   */
  private static Work convolution(
      CalledKernel kernel, Tensor input, Tensor output, Tensor... maps) {
    return Work.convolution(
        input.shape(), kernel.filter().outChannels(), output.type().bytes(), maps);
  }
}
