package dev.nst.cuda;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.backend.Precision;
import dev.nst.backend.Replay;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * An NVIDIA GPU: convolutions and pooling by cuDNN, matrix products by cuBLAS, the rest by kernels
 * of our own, all in one stream.
 */
final class CudaBackend implements Backend {

  private final CudaStream stream;
  private final Precision precision;
  private final boolean graphs;
  private final DType featureType;
  private final Layout layout;
  private final Closing closing = new Closing();
  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Workspace workspace;
  private final MatrixProducts products;
  private final GramMatrices grams;
  private final ConvolutionLayers layers;
  private final Pooling pooling;
  private final Losses losses;
  private final Elementwise elementwise;
  private final TensorAlgebra algebra;
  private final PictureKernels pictures;
  private final Transfers transfers;
  private final Optimizer optimizer;

  /**
   * Opens the backend on a device.
   *
   * @param graphs whether recordings become CUDA graphs
   */
  CudaBackend(CudaDevice device, Precision precision, KernelCompiler compiler, boolean graphs) {
    this.precision = precision;
    this.graphs = graphs;
    layout = Layout.of(precision);
    featureType =
        switch (precision) {
          case FP32, TF32 -> DType.F32;
          case FP16 -> DType.F16;
          case BF16 -> DType.BF16;
        };
    boolean complete = false;
    try {
      stream = closing.add(new CudaStream(device));
      memory = new DeviceMemory(stream);
      kernels = Kernels.load(stream, compiler, featureType, closing);
      workspace = closing.add(new Workspace(memory, device.totalBytes()));
      products = closing.add(new MatrixProducts(stream, workspace, layout, precision));
      grams = new GramMatrices(memory, kernels, workspace, products, layout);
      Cudnn cudnn = closing.add(new Cudnn(stream, layout));
      pooling = new Pooling(memory, cudnn, kernels.features(), layout, featureType);
      losses = new Losses(memory, kernels, workspace, layout);
      elementwise = new Elementwise(memory, kernels, layout);
      algebra = new CudaAlgebra(memory, kernels, workspace, products, losses, layout);
      pictures = new CudaPictures(memory, kernels, workspace, losses, elementwise, layout);
      layers =
          new ConvolutionLayers(
              memory,
              kernels.features(),
              layout,
              featureType,
              new Convolutions(cudnn, workspace, layout, precision, featureType),
              elementwise);
      transfers = new Transfers(stream, memory, kernels, layout);
      optimizer = new Optimizer(memory, kernels.floats(), workspace);
      LibraryCode.load(this);
      complete = true;
    } finally {
      if (!complete) {
        closing.close();
      }
    }
  }

  // ---- identity -------------------------------------------------------------------------------

  @Override
  public String name() {
    return CudaBackendProvider.NAME;
  }

  @Override
  public String description() {
    return stream.device() + ", " + precision.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public DType featureType() {
    return featureType;
  }

  // ---- memory ---------------------------------------------------------------------------------

  @Override
  public Arena openArena(String name) {
    return new Arena(name, memory);
  }

  /** Returns what is free now, and the workspaces, which were allocated at the start. */
  @Override
  public long availableBytes() {
    return memory.freeBytes() + workspaceBytes();
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public long bytesFor(Shape shape, DType type) {
    return memory.bytesFor(shape, type);
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return CudaFilter.bytes(outChannels, inChannels, featureType);
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    transfers.upload(destination, source);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    transfers.download(destination, source);
  }

  @Override
  public void synchronize() {
    stream.synchronize();
  }

  // ---- convolution ----------------------------------------------------------------------------

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return new CudaFilter(memory, layout, featureType, weights, bias, outChannels, inChannels);
  }

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {
    layers.forward(y, x, CudaFilter.of(filter, memory), false);
  }

  @Override
  public void conv3x3Relu(Tensor y, Tensor x, ConvFilter filter) {
    layers.forward(y, x, CudaFilter.of(filter, memory), true);
  }

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    layers.backward(dx, dy, CudaFilter.of(filter, memory));
  }

  @Override
  public void conv3x3ReluBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    layers.reluBackward(dx, dy, y, CudaFilter.of(filter, memory));
  }

  // ---- activation and pooling -----------------------------------------------------------------

  @Override
  public void relu(Tensor y, Tensor x) {
    elementwise.relu(y, x);
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    elementwise.reluBackward(dx, dy, y);
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    pooling.max(y, x, scale);
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    pooling.maxBackward(dx, dy, x, scale);
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    pooling.average(y, x, scale);
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    pooling.averageBackward(dx, dy, scale);
  }

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {
    pooling.l2(y, x, scale);
  }

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    pooling.l2Backward(dx, dy, x, scale);
  }

  // ---- matrix products ------------------------------------------------------------------------

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {
    products.gemm(
        memory.pointer(c),
        memory.pointer(a),
        memory.pointer(b),
        a.shape().h(),
        a.shape().w(),
        b.shape().w(),
        alpha);
  }

  @Override
  public void gram(Tensor g, Tensor features, float scale) {
    grams.forward(g, features, scale);
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    grams.backward(df, dg, features, scale, accumulate);
  }

  // ---- element-wise ---------------------------------------------------------------------------

  @Override
  public void fill(Tensor y, float value) {
    elementwise.fill(y, value);
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    elementwise.copy(y, x);
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    elementwise.add(y, a, b);
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    elementwise.scale(y, x, factor);
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    elementwise.affineChannels(y, x, factor, offset);
  }

  // ---- losses ---------------------------------------------------------------------------------

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    losses.meanSquaredError(loss, a, b, weight);
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    losses.meanSquaredErrorBackward(da, a, b, gradLoss, weight, accumulate);
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {
    losses.totalVariation(loss, x, across, down);
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    losses.totalVariationBackward(dx, x, gradLoss, across, down, accumulate);
  }

  @Override
  public TensorAlgebra algebra() {
    return algebra;
  }

  @Override
  public PictureKernels pictures() {
    return pictures;
  }

  // ---- optimiser ------------------------------------------------------------------------------

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

  // ---- measuring and recording ----------------------------------------------------------------

  @Override
  public OptionalDouble measurePeak() {
    return OptionalDouble.of(
        new MatrixPeak(stream, memory, kernels.features(), products, featureType).measure());
  }

  @Override
  public OptionalDouble measureBandwidth() {
    return OptionalDouble.of(new MemoryBandwidth(stream, memory, elementwise).measure());
  }

  @Override
  public Replay record(Runnable step) {
    if (!graphs) {
      return Backend.super.record(step);
    }
    step.run();
    return new GraphReplay(stream, step);
  }

  @Override
  public void close() {
    closing.close();
  }
}
