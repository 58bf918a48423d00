package dev.nst.cpu.vector.bench;

import dev.nst.backend.ConvFilter;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Single kernels of a layer of VGG-19, one after another on the same maps; in {@code nst bench
 * --layers} they run as they do in an iteration, where other layers have used the caches in
 * between.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class LayerBenchmark {

  /** Edge of the picture, in pixels. */
  @Param("512")
  public int size;

  /** The layer: one for each shape of filter and map. */
  @Param({
    "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv4_1", "conv4_2",
    "conv5_1"
  })
  public String layer;

  private OpenBackend open;
  private ConvFilter filter;
  private Tensor x;
  private Tensor y;
  private Tensor dx;
  private Tensor dy;
  private Tensor gram;

  /** Opens the backend and runs the layer, so that its output is that of a ReLU. */
  @Setup
  public void setUp() {
    open = new OpenBackend();
    Vgg19Layer shapes = Vgg19Layer.of(layer);
    int out = shapes.outChannels();
    int in = shapes.inChannels();
    int block = layer.charAt("conv".length()) - '1';
    int edge = size >> block;
    filter = open.backend.prepareFilter(OpenBackend.noise(9L * out * in), new float[out], out, in);
    x = open.random(Shape.features(in, edge, edge));
    dx = open.arena.allocate(x.shape());
    y = open.arena.allocate(x.shape().withChannels(out));
    dy = open.random(y.shape());
    gram = open.random(Shape.matrix(out, out));
    open.backend.conv3x3Relu(y, x, filter);
  }

  /** Closes the backend. */
  @TearDown
  public void tearDown() {
    filter.close();
    open.close();
  }

  /** Convolution, bias and ReLU. */
  @Benchmark
  public void forward() {
    open.backend.conv3x3Relu(y, x, filter);
  }

  /** Their gradient. */
  @Benchmark
  public void backward() {
    open.backend.conv3x3ReluBackward(dx, dy, y, filter);
  }

  /** Gram matrix of the output. */
  @Benchmark
  public void gram() {
    open.backend.gram(gram, y, 1);
  }

  /** Its gradient, by a symmetric matrix. */
  @Benchmark
  public void gramBackward() {
    open.backend.gramBackward(dy, gram, y, 1, false);
  }
}
