package dev.nst.cpu.vector;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Availability;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.backend.Precision;
import dev.nst.backend.TensorAlgebra;
import dev.nst.cpu.HeapBackend;
import dev.nst.cpu.PhysicalCores;
import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Float32 on the Vector API and all cores: channel-blocked feature maps ({@link Layout}),
 * convolutions and Gram gradients as packed matrix products ({@link PackedGemm}).
 */
final class VectorBackend extends HeapBackend {

  private static final int NARROWEST_BITS = 128;

  private final WorkerPool pool;
  private final Convolution convolution;
  private final GramProduct gramProduct;
  private final Pooling pooling;
  private final Reductions reductions;
  private final ChannelKernels channels;
  private final TensorAlgebra algebra;
  private final PictureKernels pictures;
  private final Optimizer optimizer;

  /**
   * Opens the backend.
   *
   * @param precision what was asked for, if anything
   * @param threads workers, at least 1; not held to the machine's processors, which is the options'
   *     business
   * @throws dev.nst.NstException if the precision is not fp32, or the system cannot start so many
   *     threads
   */
  VectorBackend(Optional<Precision> precision, int threads) {
    super(VectorBackendProvider.NAME, precision, Layout::arrayLength);
    pool = new WorkerPool(threads);
    Workspace workspace = new Workspace(threads);
    convolution = new Convolution(pool, workspace);
    gramProduct = new GramProduct(pool, workspace);
    pooling = new Pooling(pool);
    reductions = new Reductions(pool, workspace);
    channels = new ChannelKernels(pool, workspace);
    algebra = new VectorAlgebra(memory(), pool, workspace, reductions, channels);
    pictures = new VectorPictures(memory(), pool, workspace);
    optimizer = new Optimizer(memory(), pool);
  }

  /** Answers for a JVM that has the module jdk.incubator.vector. */
  static Availability probe() {
    int bits = Simd.widestBits();
    if (bits < NARROWEST_BITS) {
      return new Availability.Unavailable(
          "this JVM offers vectors of only " + bits + " bits",
          "use a JVM with the C2 compiler on a processor with at least 128-bit vectors",
          true);
    }
    return new Availability.Available(
        "Vector API, " + Simd.FLOATS.vectorBitSize() + "-bit, " + PhysicalCores.count() + " cores");
  }

  static Backend open(BackendOptions options) {
    Simd.requirePossibleWish();
    int threads = options.threads() > 0 ? options.threads() : PhysicalCores.count();
    return new VectorBackend(options.precision(), threads);
  }

  @Override
  public String description() {
    int threads = pool.threads();
    return "Vector API, "
        + Simd.FLOATS.vectorBitSize()
        + "-bit, "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return convolution.filterBytes(outChannels, inChannels);
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    float[] data = data(destination);
    Shape s = destination.shape();
    pool.parallelFor(
        s.n() * Layout.planes(s), (plane, worker) -> Layout.planeFromNchw(data, source, s, plane));
  }

  @Override
  public void download(float[] destination, Tensor source) {
    float[] data = data(source);
    Shape s = source.shape();
    pool.parallelFor(
        s.n() * Layout.planes(s),
        (plane, worker) -> Layout.planeToNchw(destination, data, s, plane));
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return convolution.prepare(weights, bias, outChannels, inChannels);
  }

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {
    convolution.forward(data(y), data(x), x.shape(), VectorFilter.of(filter), false);
  }

  @Override
  public void conv3x3Relu(Tensor y, Tensor x, ConvFilter filter) {
    convolution.forward(data(y), data(x), x.shape(), VectorFilter.of(filter), true);
  }

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    convolution.backward(data(dx), dx.shape(), data(dy), null, VectorFilter.of(filter));
  }

  @Override
  public void conv3x3ReluBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    if (Layout.isBlocked(dy.shape())) {
      convolution.backward(data(dx), dx.shape(), data(dy), data(y), VectorFilter.of(filter));
    } else {
      reluBackward(dy, dy, y);
      conv3x3Backward(dx, dy, filter);
    }
  }

  @Override
  public boolean replicatesEdges(int inChannels) {
    return convolution.replicatesEdges(inChannels);
  }

  @Override
  public void conv3x3ReluReplicated(Tensor y, Tensor x, ConvFilter filter) {
    convolution.forwardReplicated(data(y), data(x), x.shape(), VectorFilter.of(filter));
  }

  @Override
  public void conv3x3ReluReplicatedBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    if (!Layout.isBlocked(dy.shape())) {
      reluBackward(dy, dy, y);
    }
    float[] mask = Layout.isBlocked(dy.shape()) ? data(y) : null;
    convolution.backwardReplicated(data(dx), dx.shape(), data(dy), mask, VectorFilter.of(filter));
  }

  @Override
  public boolean fusesMaxPool(int outChannels, int inChannels) {
    return convolution.fusesMaxPool(outChannels, inChannels);
  }

  @Override
  public void conv3x3ReluMaxPool(
      Tensor pooled, Tensor switches, Tensor x, ConvFilter filter, float scale) {
    convolution.forwardPooled(
        data(pooled), data(switches), data(x), x.shape(), VectorFilter.of(filter), scale);
  }

  @Override
  public void conv3x3ReluMaxPoolBackward(
      Tensor dx, Tensor dy, Tensor switches, ConvFilter filter, float scale) {
    convolution.backwardPooled(
        data(dx), dx.shape(), data(dy), data(switches), VectorFilter.of(filter), scale);
  }

  @Override
  public void relu(Tensor y, Tensor x) {
    float[] out = data(y);
    float[] in = data(x);
    forEach(y, (from, to) -> Elementwise.relu(out, in, from, to));
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    float[] out = data(dx);
    float[] gradient = data(dy);
    float[] output = data(y);
    forEach(y, (from, to) -> Elementwise.reluBackward(out, gradient, output, from, to));
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    pooling.max(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    pooling.maxBackward(data(dx), data(dy), data(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    pooling.average(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    pooling.averageBackward(data(dx), data(dy), dx.shape(), scale);
  }

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {
    pooling.l2(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    pooling.l2Backward(data(dx), data(dy), data(x), x.shape(), scale);
  }

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {
    algebra.product(c, a, b, alpha);
  }

  @Override
  public void gram(Tensor g, Tensor features, float scale) {
    gramProduct.gram(data(g), data(features), features.shape(), scale);
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    gramProduct.backward(data(df), data(dg), data(features), features.shape(), scale, accumulate);
  }

  @Override
  public void fill(Tensor y, float value) {
    float[] out = data(y);
    forEach(y, (from, to) -> Arrays.fill(out, from, to, value));
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    float[] out = data(y);
    float[] in = data(x);
    forEach(y, (from, to) -> System.arraycopy(in, from, out, from, to - from));
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    float[] sum = data(y);
    float[] left = data(a);
    float[] right = data(b);
    forEach(y, (from, to) -> Elementwise.add(sum, left, right, from, to));
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    float[] out = data(y);
    float[] in = data(x);
    forEach(y, (from, to) -> Elementwise.scale(out, in, factor, from, to));
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    channels.affine(data(y), data(x), x.shape(), factor, offset);
  }

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    double sum = reductions.squaredDifferences(data(a), data(b), a.shape());
    data(loss)[Layout.OFFSET] = (float) (weight * (sum / a.shape().size()));
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    float factor = (float) (2.0 * scalar(gradLoss) * weight / a.shape().size());
    float[] out = data(da);
    float[] left = data(a);
    float[] right = data(b);
    forEach(
        da,
        (from, to) -> Elementwise.scaledDifference(out, left, right, factor, accumulate, from, to));
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {
    data(loss)[Layout.OFFSET] = (float) reductions.totalVariation(data(x), x.shape(), across, down);
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    double seed = scalar(gradLoss);
    reductions.totalVariationBackward(
        data(dx), data(x), x.shape(), seed * across, seed * down, accumulate);
  }

  @Override
  public TensorAlgebra algebra() {
    return algebra;
  }

  @Override
  public PictureKernels pictures() {
    return pictures;
  }

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    optimizer.unscale(gradient, scale, streak, apply, parameters);
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
    optimizer.adamStep(x, m, v, count, gradient, apply, parameters);
  }

  @Override
  public OptionalDouble measurePeak() {
    return OptionalDouble.of(FmaPeak.measure(pool));
  }

  @Override
  public OptionalDouble measureBandwidth() {
    return MemoryBandwidth.measure(pool);
  }

  @Override
  public void close() {
    pool.close();
  }

  private void forEach(Tensor tensor, TensorLoop.Range range) {
    TensorLoop.forEach(pool, tensor.shape(), range);
  }

  private float scalar(Tensor tensor) {
    return data(tensor)[Layout.OFFSET];
  }
}
