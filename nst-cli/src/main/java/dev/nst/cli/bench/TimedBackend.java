package dev.nst.cli.bench;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.backend.Precision;
import dev.nst.backend.Replay;
import dev.nst.backend.TensorAlgebra;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Does all work on another backend and times every kernel of a recorded step, so that what is timed
 * is a real iteration, with its kernels in their order and its maps where they really lie. A
 * network is to prepare its layers on it once, in their order, as {@code Vgg19} does.
 *
 * <p>It waits for the device before and after each kernel, and runs a recorded step kernel by
 * kernel; on a device that works behind the host's back, an iteration takes longer by that.
 */
final class TimedBackend implements Backend {

  private static final String FORWARD = " forward";
  private static final String BACKWARD = " backward";

  /** Of a convolution with the pooling after it in one kernel. */
  private static final String POOL = "+pool";

  /** Kernels that an iteration calls for scalars only, so that they need no row each. */
  private static final String SMALL = "element-wise";

  private final Backend real;
  private final KernelTimes times;
  private final Map<ConvFilter, String> layers = new IdentityHashMap<>();

  /** The layer that wrote a map of this iteration. */
  private final Map<Tensor, String> writers = new IdentityHashMap<>();

  TimedBackend(Backend real) {
    this.real = real;
    this.times = new KernelTimes(System::nanoTime, real::synchronize);
  }

  /** Returns what was timed so far. */
  KernelTimes times() {
    return times;
  }

  // ---- what is handed on ----------------------------------------------------------------------

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public String description() {
    return real.description();
  }

  @Override
  public Precision precision() {
    return real.precision();
  }

  @Override
  public DType featureType() {
    return real.featureType();
  }

  @Override
  public Arena openArena(String name) {
    return real.openArena(name);
  }

  @Override
  public long availableBytes() {
    return real.availableBytes();
  }

  @Override
  public long workspaceBytes() {
    return real.workspaceBytes();
  }

  @Override
  public String memoryHint() {
    return real.memoryHint();
  }

  @Override
  public long bytesFor(Shape shape, DType type) {
    return real.bytesFor(shape, type);
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return real.filterBytes(outChannels, inChannels);
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    real.upload(destination, source);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    real.download(destination, source);
  }

  @Override
  public void synchronize() {
    real.synchronize();
  }

  @Override
  public OptionalDouble measurePeak() {
    return real.measurePeak();
  }

  @Override
  public OptionalDouble measureBandwidth() {
    return real.measureBandwidth();
  }

  /** Runs the step itself every time: what a device replays cannot be timed kernel by kernel. */
  @Override
  public Replay record(Runnable step) {
    return Backend.super.record(
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

  // ---- convolution ----------------------------------------------------------------------------

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    ConvFilter filter = real.prepareFilter(weights, bias, outChannels, inChannels);
    layers.put(filter, Vgg19Layer.values()[layers.size()].id());
    return filter;
  }

  private String writer(Tensor map) {
    return writers.getOrDefault(map, map.shape().toString());
  }

  private void forward(Tensor y, Tensor x, ConvFilter filter, Runnable kernel) {
    String layer = layers.get(filter);
    writers.put(y, layer);
    Work work = Work.convolution(x.shape(), filter.outChannels(), y.type().bytes(), x, y);
    times.kernel(layer + FORWARD, work, kernel);
  }

  private static Work gradient(Tensor dx, Tensor dy, ConvFilter filter) {
    return Work.convolution(dx.shape(), filter.outChannels(), dy.type().bytes(), dx, dy);
  }

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {
    forward(y, x, filter, () -> real.conv3x3(y, x, filter));
  }

  @Override
  public void conv3x3Relu(Tensor y, Tensor x, ConvFilter filter) {
    forward(y, x, filter, () -> real.conv3x3Relu(y, x, filter));
  }

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    times.kernel(
        layers.get(filter) + BACKWARD,
        gradient(dx, dy, filter),
        () -> real.conv3x3Backward(dx, dy, filter));
  }

  @Override
  public void conv3x3ReluBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    times.kernel(
        layers.get(filter) + BACKWARD,
        gradient(dx, dy, filter).plus(Work.pass(y)),
        () -> real.conv3x3ReluBackward(dx, dy, y, filter));
  }

  @Override
  public boolean replicatesEdges(int inChannels) {
    return real.replicatesEdges(inChannels);
  }

  @Override
  public void conv3x3ReluReplicated(Tensor y, Tensor x, ConvFilter filter) {
    forward(y, x, filter, () -> real.conv3x3ReluReplicated(y, x, filter));
  }

  @Override
  public void conv3x3ReluReplicatedBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    times.kernel(
        layers.get(filter) + BACKWARD,
        gradient(dx, dy, filter).plus(Work.pass(y)),
        () -> real.conv3x3ReluReplicatedBackward(dx, dy, y, filter));
  }

  @Override
  public boolean fusesMaxPool(int outChannels, int inChannels) {
    return real.fusesMaxPool(outChannels, inChannels);
  }

  @Override
  public void conv3x3ReluMaxPool(
      Tensor pooled, Tensor switches, Tensor x, ConvFilter filter, float scale) {
    int bytes = pooled.type().bytes();
    times.kernel(
        layers.get(filter) + POOL + FORWARD,
        Work.convolution(x.shape(), filter.outChannels(), bytes, x, pooled, switches),
        () -> real.conv3x3ReluMaxPool(pooled, switches, x, filter, scale));
  }

  @Override
  public void conv3x3ReluMaxPoolBackward(
      Tensor dx, Tensor dy, Tensor switches, ConvFilter filter, float scale) {
    times.kernel(
        layers.get(filter) + POOL + BACKWARD,
        gradient(dx, dy, filter).plus(Work.pass(switches)),
        () -> real.conv3x3ReluMaxPoolBackward(dx, dy, switches, filter, scale));
  }

  // ---- activation and pooling -----------------------------------------------------------------

  @Override
  public void relu(Tensor y, Tensor x) {
    times.kernel("relu" + FORWARD, Work.pass(y, x), () -> real.relu(y, x));
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    times.kernel("relu" + BACKWARD, Work.pass(dx, dy, y), () -> real.reluBackward(dx, dy, y));
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    times.kernel(
        "pool " + writer(x) + FORWARD, Work.pass(y, x), () -> real.maxPool2x2(y, x, scale));
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    times.kernel(
        "pool " + writer(x) + BACKWARD,
        Work.pass(dx, dy, x),
        () -> real.maxPool2x2Backward(dx, dy, x, scale));
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    times.kernel(
        "pool " + writer(x) + FORWARD, Work.pass(y, x), () -> real.averagePool2x2(y, x, scale));
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    times.kernel(
        "pool" + BACKWARD, Work.pass(dx, dy), () -> real.averagePool2x2Backward(dx, dy, scale));
  }

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {
    times.kernel("pool " + writer(x) + FORWARD, Work.pass(y, x), () -> real.l2Pool2x2(y, x, scale));
  }

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    times.kernel(
        "pool " + writer(x) + BACKWARD,
        Work.pass(dx, dy, x),
        () -> real.l2Pool2x2Backward(dx, dy, x, scale));
  }

  // ---- matrix products ------------------------------------------------------------------------

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {
    Shape left = a.shape();
    times.kernel(
        "gemm",
        Work.product(left.h(), left.w(), b.shape().w(), c, a, b),
        () -> real.gemm(c, a, b, alpha));
  }

  @Override
  public void gram(Tensor g, Tensor features, float scale) {
    times.kernel(
        "gram " + writer(features) + FORWARD,
        Work.gram(g, features),
        () -> real.gram(g, features, scale));
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    Shape s = features.shape();
    times.kernel(
        "gram " + writer(features) + BACKWARD,
        Work.product(s.c(), s.c(), s.area(), df, dg, features).plusIf(accumulate, df),
        () -> real.gramBackward(df, dg, features, scale, accumulate));
  }

  // ---- element-wise ---------------------------------------------------------------------------

  @Override
  public void fill(Tensor y, float value) {
    times.kernel(SMALL, Work.pass(y), () -> real.fill(y, value));
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    times.kernel(SMALL, Work.pass(y, x), () -> real.copy(y, x));
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    times.kernel(SMALL, Work.pass(y, a, b), () -> real.add(y, a, b));
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    times.kernel(SMALL, Work.pass(y, x), () -> real.scale(y, x, factor));
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    times.kernel(
        "affine channels", Work.pass(y, x), () -> real.affineChannels(y, x, factor, offset));
  }

  // ---- losses ---------------------------------------------------------------------------------

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    times.kernel(
        "squared errors" + FORWARD,
        Work.pass(loss, a, b),
        () -> real.meanSquaredError(loss, a, b, weight));
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    times.kernel(
        "squared errors" + BACKWARD,
        Work.pass(da, a, b).plusIf(accumulate, da),
        () -> real.meanSquaredErrorBackward(da, a, b, gradLoss, weight, accumulate));
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {
    times.kernel(
        "total variation" + FORWARD,
        Work.pass(loss, x),
        () -> real.totalVariation(loss, x, across, down));
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    times.kernel(
        "total variation" + BACKWARD,
        Work.pass(dx, x).plusIf(accumulate, dx),
        () -> real.totalVariationBackward(dx, x, gradLoss, across, down, accumulate));
  }

  // ---- rooms that the bench's iteration does not enter, not timed ------------------------------

  @Override
  public TensorAlgebra algebra() {
    return real.algebra();
  }

  @Override
  public PictureKernels pictures() {
    return real.pictures();
  }

  // ---- optimiser ------------------------------------------------------------------------------

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    times.kernel(
        "unscale",
        Work.pass(gradient, gradient),
        () -> real.unscale(gradient, scale, streak, apply, parameters));
  }

  @Override
  public void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {
    // The picture and both moments are read and written.
    times.kernel(
        "adam",
        Work.pass(x, x, m, m, v, v, gradient),
        () -> real.adamStep(x, m, v, count, gradient, apply, parameters));
  }
}
