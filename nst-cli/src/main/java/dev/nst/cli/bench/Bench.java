package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import dev.nst.transfer.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Measures a backend: its arithmetic peak, matrix products, and whole iterations of {@code gatys}.
 */
public final class Bench {

  private static final int GEMM_EDGE = 1024;

  private final Backend backend;
  private final int rounds;
  private final double peak;

  /**
   * Measures the peak.
   *
   * @param rounds rounds whose median counts; as many again, at most 10, warm up
   */
  public Bench(Backend backend, int rounds) {
    this.backend = backend;
    this.rounds = rounds;
    this.peak = backend.measurePeak().orElse(Double.NaN);
  }

  /** Returns the peak in operations a second, or NaN. */
  public double peak() {
    return peak;
  }

  /** Multiplies square matrices of edge 1024. */
  public Measurement gemm() {
    try (Arena arena = backend.openArena("bench")) {
      Shape shape = Shape.matrix(GEMM_EDGE, GEMM_EDGE);
      Tensor a = random(arena, shape, 1);
      Tensor b = random(arena, shape, 2);
      Tensor c = arena.allocate(shape);
      double[] seconds =
          measure(
              () -> {
                backend.gemm(c, a, b, 1);
                backend.synchronize();
              });
      double flops = 2.0 * GEMM_EDGE * GEMM_EDGE * GEMM_EDGE;
      return measurement("gemm " + GEMM_EDGE, seconds, flops, 0);
    }
  }

  private Tensor random(Arena arena, Shape shape, long seed) {
    Tensor tensor = arena.allocate(shape);
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    backend.upload(tensor, values);
    return tensor;
  }

  private double[] measure(Runnable work) {
    for (int i = 0; i < Math.min(rounds, 10); i++) {
      work.run();
    }
    double[] seconds = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    return seconds;
  }

  /**
   * Runs iterations of {@code gatys} (forward, losses, backward, Adam) on random pictures and
   * random features, which cost what real ones cost.
   *
   * @param edge both edges of content and style, in pixels
   */
  public Measurement iteration(int edge) {
    Image content = noise(edge, 1);
    Image style = noise(edge, 2);
    int warmUp = Math.min(rounds, 10);
    Recipe recipe = Recipe.gatys().withSize(edge).withIterations(warmUp + rounds);
    List<Double> ends = new ArrayList<>();
    try (Vgg19 vgg = Vgg19.random(backend, 0, Pooling.MAX, content, style);
        StyleTransfer job =
            StyleTransfer.on(vgg).content(content).style(style).recipe(recipe).build()) {
      job.run(
          step -> {
            backend.synchronize();
            ends.add(System.nanoTime() / 1e9);
          });
      double[] seconds = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        seconds[i] = ends.get(warmUp + i) - ends.get(warmUp + i - 1);
      }
      String what = "gatys " + edge + "x" + edge;
      return measurement(what, seconds, networkFlops(edge), job.peakBytes());
    }
  }

  private static Image noise(int edge, long seed) {
    Random random = new Random(seed);
    float[] values = new float[3 * edge * edge];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Image.of(edge, edge, values);
  }

  /**
   * Forward and backward of the convolutions down to conv5_2 by the direct method, which is the
   * reference.
   */
  private static double networkFlops(int edge) {
    double flops = 0;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (layer.compareTo(Vgg19Layer.CONV5_2) <= 0) {
        int block = layer.id().charAt("conv".length()) - '1';
        double area = (double) (edge >> block) * (edge >> block);
        flops += 2 * 2 * 9 * area * layer.inChannels() * layer.outChannels();
      }
    }
    return flops;
  }

  private Measurement measurement(String what, double[] seconds, double flops, long bytes) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    return new Measurement(what, median, sorted[0], flops, peak, bytes);
  }
}
