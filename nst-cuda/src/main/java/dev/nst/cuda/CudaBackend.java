package dev.nst.cuda;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.Precision;
import dev.nst.backend.Replay;
import dev.nst.cuda.Workspace.Scalar;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import jcuda.driver.CUdeviceptr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An NVIDIA GPU: convolutions and pooling by cuDNN, matrix products by cuBLAS, the rest by kernels
 * of our own, all in one stream.
 */
final class CudaBackend implements Backend {

  private static final Logger LOG = LoggerFactory.getLogger(CudaBackend.class);

  /** Channels whose factors and offsets fit into the arguments of one kernel. */
  private static final int CHANNEL_GROUP = 128;

  static final List<String> DEFINES =
      List.of("SUM_THREADS=" + Grid.THREADS, "CHANNEL_GROUP=" + CHANNEL_GROUP);

  /** The map on which libraries load their code. */
  private static final int CODE_CHANNELS = 16;

  private static final int CODE_SIDE = 8;

  private final CudaStream stream;
  private final Precision precision;
  private final boolean graphs;
  private final DType featureType;
  private final Layout layout;
  private final Closing closing = new Closing();
  private final DeviceMemory memory;
  private final KernelModule floats;
  private final KernelModule features;
  private final Workspace workspace;
  private final MatrixProducts products;
  private final GramMatrices grams;
  private final Convolutions convolutions;
  private final DirectConvolutions direct;
  private final Pooling pooling;
  private final Losses losses;

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
      floats = closing.add(load(compiler, DType.F32));
      features = featureType == DType.F32 ? floats : closing.add(load(compiler, featureType));
      workspace = closing.add(new Workspace(memory, device.totalBytes()));
      products = closing.add(new MatrixProducts(stream, workspace, layout, precision));
      grams = new GramMatrices(memory, features, floats, workspace, products, layout);
      Cudnn cudnn = closing.add(new Cudnn(stream, layout));
      convolutions = new Convolutions(cudnn, workspace, layout, precision, featureType);
      direct = new DirectConvolutions(features, layout, featureType);
      pooling = new Pooling(cudnn, features, layout, featureType);
      losses = new Losses(features, floats, workspace, layout);
      loadLibraryCode();
      complete = true;
    } finally {
      if (!complete) {
        closing.close();
      }
    }
  }

  private KernelModule load(KernelCompiler compiler, DType type) {
    int capability = stream.device().capability();
    String source = KernelSource.of(type);
    try {
      return new KernelModule(stream, compiler.compile(source, capability, DEFINES));
    } catch (CudaFailure e) {
      if (!e.isUnusableCode()) {
        throw e;
      }
      // A kept file may be damaged, or made for another driver.
      LOG.debug("kept kernels do not load and are compiled anew", e);
      return new KernelModule(stream, compiler.compileAnew(source, capability, DEFINES));
    }
  }

  /**
   * Runs what libraries load code for once, on tiny maps: that code takes memory of the device,
   * which {@link #availableBytes} must not count as free.
   */
  private void loadLibraryCode() {
    Shape shape = Shape.features(CODE_CHANNELS, CODE_SIDE, CODE_SIDE);
    float[] weights = new float[CODE_CHANNELS * CODE_CHANNELS * 9];
    try (Arena arena = openArena("code");
        ConvFilter filter =
            prepareFilter(weights, new float[CODE_CHANNELS], CODE_CHANNELS, CODE_CHANNELS)) {
      Tensor x = arena.allocate(shape, featureType);
      Tensor y = arena.allocate(shape, featureType);
      Tensor gram = arena.allocate(Shape.matrix(CODE_CHANNELS, CODE_CHANNELS));
      fill(x, 1);
      conv3x3Relu(y, x, filter);
      gram(gram, y, 1);
      gramBackward(x, gram, y, 1, false);
      conv3x3Backward(y, x, filter);
      synchronize();
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
    CUdeviceptr pointer = memory.pointer(destination);
    Shape shape = destination.shape();
    boolean last = layout.isChannelsLast(shape);
    if (destination.type() == DType.F32 && !last) {
      memory.upload(pointer, source);
      return;
    }
    DeviceMemory.Block staging = memory.allocate(memory.bytesFor(shape, DType.F32));
    try {
      memory.upload(staging.pointer(), source);
      Arguments arguments = new Arguments().pointer(pointer).pointer(staging.pointer());
      if (last) {
        arguments.int32(shape.c()).index(shape.area());
      }
      kernels(destination)
          .launch(
              last ? "to_channels_last" : "from_float32",
              Grid.covering(shape.size()),
              arguments.index(shape.size()));
      stream.synchronize();
    } finally {
      staging.free();
    }
  }

  @Override
  public void download(float[] destination, Tensor source) {
    CUdeviceptr pointer = memory.pointer(source);
    Shape shape = source.shape();
    boolean last = layout.isChannelsLast(shape);
    if (source.type() == DType.F32 && !last) {
      memory.download(destination, pointer);
      return;
    }
    DeviceMemory.Block staging = memory.allocate(memory.bytesFor(shape, DType.F32));
    try {
      Arguments arguments = new Arguments().pointer(staging.pointer()).pointer(pointer);
      if (last) {
        arguments.int32(shape.c()).index(shape.area());
      }
      kernels(source)
          .launch(
              last ? "from_channels_last" : "to_float32",
              Grid.covering(shape.size()),
              arguments.index(shape.size()));
      memory.download(destination, staging.pointer());
    } finally {
      staging.free();
    }
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
    forward(y, x, CudaFilter.of(filter, memory), false);
  }

  @Override
  public void conv3x3Relu(Tensor y, Tensor x, ConvFilter filter) {
    forward(y, x, CudaFilter.of(filter, memory), true);
  }

  private void forward(Tensor y, Tensor x, CudaFilter filter, boolean rectify) {
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

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    backward(dx, dy, CudaFilter.of(filter, memory));
  }

  private void backward(Tensor dx, Tensor dy, CudaFilter filter) {
    if (convolutions.takes(filter, dx.type())) {
      convolutions.backward(memory.pointer(dx), memory.pointer(dy), dx.shape(), filter);
    } else {
      direct.backward(map(dx), map(dy), null, filter);
    }
  }

  @Override
  public void conv3x3ReluBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    CudaFilter mine = CudaFilter.of(filter, memory);
    CUdeviceptr mask = memory.pointer(y);
    if (!convolutions.takes(mine, dx.type()) && direct.backward(map(dx), map(dy), mask, mine)) {
      return;
    }
    reluBackward(dy, dy, y);
    backward(dx, dy, mine);
  }

  private DirectConvolutions.Map map(Tensor tensor) {
    return new DirectConvolutions.Map(memory.pointer(tensor), tensor.shape(), tensor.type());
  }

  // ---- activation and pooling -----------------------------------------------------------------

  @Override
  public void relu(Tensor y, Tensor x) {
    elementwise("relu", y, new Arguments().pointer(memory.pointer(y)).pointer(memory.pointer(x)));
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    elementwise(
        "relu_backward",
        dx,
        new Arguments()
            .pointer(memory.pointer(dx))
            .pointer(memory.pointer(dy))
            .pointer(memory.pointer(y)));
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    pooling.max(memory.pointer(y), memory.pointer(x), x.shape(), scale);
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    pooling.maxBackward(
        memory.pointer(dx), memory.pointer(dy), memory.pointer(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    pooling.average(memory.pointer(y), memory.pointer(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    pooling.averageBackward(memory.pointer(dx), memory.pointer(dy), dx.shape(), scale);
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
  public void gram(Tensor g, Tensor map, float scale) {
    grams.forward(memory.pointer(g), memory.pointer(map), map.type(), map.shape(), scale);
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor map, float scale, boolean accumulate) {
    grams.backward(
        memory.pointer(df),
        memory.pointer(dg),
        memory.pointer(map),
        map.type(),
        map.shape(),
        scale,
        accumulate);
  }

  // ---- element-wise ---------------------------------------------------------------------------

  @Override
  public void fill(Tensor y, float value) {
    elementwise("fill", y, new Arguments().pointer(memory.pointer(y)).float32(value));
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    long n = y.shape().size();
    if (y.type() == x.type()) {
      memory.copy(out, in, n * y.type().bytes());
    } else {
      features.launch(
          y.type() == DType.F32 ? "to_float32" : "from_float32",
          Grid.covering(n),
          new Arguments().pointer(out).pointer(in).index(n));
    }
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    elementwise(
        "add",
        y,
        new Arguments()
            .pointer(memory.pointer(y))
            .pointer(memory.pointer(a))
            .pointer(memory.pointer(b)));
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    elementwise(
        "scale",
        y,
        new Arguments().pointer(memory.pointer(y)).pointer(memory.pointer(x)).float32(factor));
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    CUdeviceptr out = memory.pointer(y);
    CUdeviceptr in = memory.pointer(x);
    Shape shape = x.shape();
    for (int first = 0; first < shape.c(); first += CHANNEL_GROUP) {
      int count = Math.min(CHANNEL_GROUP, shape.c() - first);
      float[] map = new float[2 * CHANNEL_GROUP];
      System.arraycopy(factor, first, map, 0, count);
      System.arraycopy(offset, first, map, CHANNEL_GROUP, count);
      floats.launch(
          "affine_channels",
          Grid.covering(shape.size()),
          new Arguments()
              .pointer(out)
              .pointer(in)
              .floats(map)
              .int32(first)
              .int32(count)
              .int32(shape.c())
              .index(layout.channelStride(shape))
              .index(shape.size()));
    }
  }

  /** Launches a kernel over all elements of {@code y}, in packs of 16 bytes. */
  private void elementwise(String kernel, Tensor y, Arguments arguments) {
    long n = y.shape().size();
    int pack = 16 / y.type().bytes();
    kernels(y).launch(kernel, Grid.covering((n + pack - 1) / pack), arguments.index(n));
  }

  private KernelModule kernels(Tensor tensor) {
    return tensor.type() == DType.F32 ? floats : features;
  }

  // ---- losses ---------------------------------------------------------------------------------

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    losses.meanSquaredError(
        memory.pointer(loss),
        memory.pointer(a),
        memory.pointer(b),
        a.shape().size(),
        a.type() == DType.F32,
        weight);
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    losses.meanSquaredErrorBackward(
        memory.pointer(da),
        memory.pointer(a),
        memory.pointer(b),
        memory.pointer(gradLoss),
        a.shape().size(),
        a.type() == DType.F32,
        weight,
        accumulate);
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float weight) {
    losses.totalVariation(memory.pointer(loss), memory.pointer(x), x.shape(), weight);
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float weight, boolean accumulate) {
    losses.totalVariationBackward(
        memory.pointer(dx),
        memory.pointer(x),
        memory.pointer(gradLoss),
        x.shape(),
        weight,
        accumulate);
  }

  // ---- optimiser ------------------------------------------------------------------------------

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    CUdeviceptr overflow = workspace.scalar(Scalar.OVERFLOW);
    long n = gradient.shape().size();
    Arguments divide =
        new Arguments()
            .pointer(memory.pointer(gradient))
            .pointer(memory.pointer(scale))
            .pointer(overflow)
            .index(n);
    Arguments adapt =
        new Arguments()
            .pointer(memory.pointer(scale))
            .pointer(memory.pointer(streak))
            .pointer(memory.pointer(apply))
            .pointer(overflow)
            .float32(parameters.growthFactor())
            .float32(parameters.backoffFactor())
            .float32(parameters.growthInterval())
            .float32(parameters.smallest())
            .float32(parameters.largest());
    memory.clear(overflow, Integer.BYTES);
    floats.launch("unscale", Grid.covering(n), divide);
    floats.launch("adapt_scale", Grid.single(), adapt);
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
    CUdeviceptr corrections = workspace.scalar(Scalar.ADAM_CORRECTIONS);
    long n = x.shape().size();
    double beta1 = parameters.beta1();
    double beta2 = parameters.beta2();
    Arguments prepare =
        new Arguments()
            .pointer(corrections)
            .pointer(memory.pointer(count))
            .pointer(memory.pointer(apply))
            .float64(beta1)
            .float64(beta2);
    Arguments move =
        new Arguments()
            .pointer(memory.pointer(x))
            .pointer(memory.pointer(m))
            .pointer(memory.pointer(v))
            .pointer(memory.pointer(gradient))
            .pointer(corrections)
            .pointer(memory.pointer(apply))
            .float32((float) parameters.learningRate())
            .float32((float) beta1)
            .float32((float) beta2)
            .float32((float) (1 - beta1))
            .float32((float) (1 - beta2))
            .float32((float) parameters.epsilon())
            .index(n);
    floats.launch("adam_count", Grid.single(), prepare);
    floats.launch("adam", Grid.covering(n), move);
  }

  // ---- measuring and recording ----------------------------------------------------------------

  @Override
  public OptionalDouble measurePeak() {
    return OptionalDouble.of(
        new MatrixPeak(stream, memory, features, products, featureType).measure());
  }

  @Override
  public Replay record(Runnable step) {
    if (!graphs) {
      return Backend.super.record(step);
    }
    step.run();
    return new GraphReplay(stream, step);
  }

  /** Returns the bytes that this backend holds on the device, workspaces included. */
  long allocatedBytes() {
    return memory.allocatedBytes();
  }

  @Override
  public void close() {
    closing.close();
  }
}
