package dev.nst.cpu.vector.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Times single kernels at the sizes of VGG-19's layers, a program and not a test: median and best
 * milliseconds, processor time of all threads, and GFLOP/s where products dominate; "per core" is
 * over processor time, which other programs disturb less. Arguments: shorter edge (default 512),
 * repetitions (default 9).
 */
public final class LayerBench {

  private record Layer(String name, int in, int out, int reduction) {}

  private static final Layer[] LAYERS = {
    new Layer("conv1_1", 3, 64, 1),
    new Layer("conv1_2", 64, 64, 1),
    new Layer("conv2_1", 64, 128, 2),
    new Layer("conv2_2", 128, 128, 2),
    new Layer("conv3_1", 128, 256, 4),
    new Layer("conv3_2", 256, 256, 4),
    new Layer("conv4_1", 256, 512, 8),
    new Layer("conv4_2", 512, 512, 8),
    new Layer("conv5_1", 512, 512, 16)
  };

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Backend backend;
  private final int repetitions;

  private LayerBench(Backend backend, int repetitions) {
    this.backend = backend;
    this.repetitions = repetitions;
  }

  /** Runs all measurements. */
  public static void main(String[] arguments) {
    int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 512;
    int repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9;
    try (Backend backend = Backends.open(Backends.AUTO, BackendOptions.defaults())) {
      System.out.println(
          System.getProperty("java.version") + ", " + backend.description() + ", size " + size);
      LayerBench bench = new LayerBench(backend, repetitions);
      bench.matrixProduct(1536);
      for (Layer layer : LAYERS) {
        bench.layer(layer, size / layer.reduction());
      }
      bench.imageKernels(size);
    }
  }

  private void matrixProduct(int n) {
    try (Arena arena = backend.openArena("bench")) {
      Tensor a = random(arena, Shape.matrix(n, n));
      Tensor b = random(arena, Shape.matrix(n, n));
      Tensor c = arena.allocate(Shape.matrix(n, n));
      measure("gemm " + n, 2.0 * n * n * n, () -> backend.gemm(c, a, b, 1));
    }
  }

  private void layer(Layer layer, int edge) {
    Random random = new Random(1);
    float[] weights = new float[9 * layer.in() * layer.out()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() / 50;
    }
    Shape in = Shape.features(layer.in(), edge, edge);
    Shape out = in.withChannels(layer.out());
    try (Arena arena = backend.openArena("bench");
        ConvFilter filter =
            backend.prepareFilter(weights, new float[layer.out()], layer.out(), layer.in())) {
      Tensor x = random(arena, in);
      Tensor y = arena.allocate(out);
      Tensor dx = arena.allocate(in);
      Tensor dy = random(arena, out);
      double flops = 18.0 * layer.in() * layer.out() * edge * edge;
      String name = layer.name() + " " + edge;
      measure(name + " forward", flops, () -> backend.conv3x3Relu(y, x, filter));
      measure(name + " backward", flops, () -> backend.conv3x3ReluBackward(dx, dy, y, filter));
      if (layer.name().endsWith("_1")) {
        Tensor g = arena.allocate(Shape.matrix(layer.out(), layer.out()));
        double gramFlops = 2.0 * layer.out() * layer.out() * edge * edge;
        measure(name + " gram (half of it)", gramFlops / 2, () -> backend.gram(g, y, 1));
        measure(name + " gram backward", gramFlops, () -> backend.gramBackward(dy, g, y, 1, true));
      } else {
        Tensor pooled = arena.allocate(out.pooled());
        measure(name + " max pool", 0, () -> backend.maxPool2x2(pooled, y, 1));
        measure(name + " max pool backward", 0, () -> backend.maxPool2x2Backward(dy, pooled, y, 1));
      }
    }
  }

  private void imageKernels(int size) {
    try (Arena arena = backend.openArena("bench")) {
      Tensor x = random(arena, Shape.features(3, size, size));
      Tensor dx = random(arena, Shape.features(3, size, size));
      Tensor loss = arena.allocate(Shape.scalar());
      measure("total variation", 0, () -> backend.totalVariation(loss, x, 1));
      measure(
          "total variation backward",
          0,
          () -> backend.totalVariationBackward(dx, x, loss, 1, true));
      measure("mean squared error", 0, () -> backend.meanSquaredError(loss, x, dx, 1));
    }
  }

  private Tensor random(Arena arena, Shape shape) {
    Random random = new Random(2);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    Tensor tensor = arena.allocate(shape);
    backend.upload(tensor, values);
    return tensor;
  }

  private void measure(String name, double flops, Runnable kernel) {
    for (int i = 0; i < Math.max(3, repetitions / 2); i++) {
      kernel.run();
    }
    double[] millis = new double[repetitions];
    long cpuStart = PROCESS.getProcessCpuTime();
    for (int i = 0; i < repetitions; i++) {
      long start = System.nanoTime();
      kernel.run();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    double cpuMillis = (PROCESS.getProcessCpuTime() - cpuStart) / 1e6 / repetitions;
    Arrays.sort(millis);
    double median = millis[repetitions / 2];
    System.out.printf("%-34s %8.2f ms (best %7.2f, cpu %7.2f)", name, median, millis[0], cpuMillis);
    if (flops > 0) {
      System.out.printf(
          " %4.0f GFLOP/s (best %.0f, per core %.0f)",
          flops / median / 1e6, flops / millis[0] / 1e6, flops / cpuMillis / 1e6);
    }
    System.out.println();
  }
}
