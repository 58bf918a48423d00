package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;

/**
 * Convolutions of pictures against a float64 reference, at sizes around chunks, bands and tiles.
 */
class ImageConvolutionTest {

  /** Of the norm of the result. */
  private static final double TOLERANCE = 1e-6;

  private static void check(Shape shape, int outChannels, long seed) {
    ConvolutionCase.check(shape, outChannels, 1, seed, TOLERANCE);
  }

  @Property(tries = 20)
  void isCloseToTheReferenceForAnySizeAndChannels(
      @ForAll @IntRange(min = 1, max = 2) int pictures,
      @ForAll @IntRange(min = 1, max = 4) int inChannels,
      @ForAll @IntRange(min = 1, max = 70) int outChannels,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll long seed) {
    check(new Shape(pictures, inChannels, height, width), outChannels, seed);
  }

  @Property(tries = 8)
  void isCloseToTheReferenceForRowsOfSeveralChunks(
      @ForAll @IntRange(min = 1, max = 4) int height,
      @ForAll @IntRange(min = 90, max = 400) int width,
      @ForAll long seed) {
    check(Shape.features(3, height, width), 64, seed);
  }

  @Property(tries = 8)
  void isCloseToTheReferenceForColumnsOfSeveralBands(
      @ForAll @IntRange(min = 30, max = 140) int height,
      @ForAll @IntRange(min = 1, max = 12) int width,
      @ForAll long seed) {
    check(Shape.features(3, height, width), 64, seed);
  }

  @Example
  void isCloseToTheReferenceForMoreChannelsThanASliceHas() {
    check(Shape.features(3, 5, 7), 600, 1);
  }

  /**
   * With a bias that keeps the ReLU open, {@code <conv(x), dy> = <x, dx>} shows that a gradient
   * belongs to its convolution.
   */
  @Property(tries = 15)
  void theGradientWithReplicatedEdgesIsTheAdjointOfTheConvolution(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 1, max = 210) int width,
      @ForAll long seed) {
    Shape shape = Shape.features(channels, height, width);
    Random random = new Random(seed);
    float bias = 1000;
    float[] weights = uniform(random, 9 * 16 * channels);
    float[] biases = new float[16];
    Arrays.fill(biases, bias);
    try (Backend backend = new VectorBackend(Optional.empty(), 2);
        Arena arena = backend.openArena("test");
        ConvFilter filter = backend.prepareFilter(weights, biases, 16, channels)) {
      Tensor x = arena.allocate(shape);
      Tensor dx = arena.allocate(shape);
      Tensor y = arena.allocate(shape.withChannels(16));
      Tensor dy = arena.allocate(y.shape());
      float[] picture = uniform(random, (int) shape.size());
      float[] gradient = uniform(random, (int) dy.shape().size());
      backend.upload(x, picture);
      backend.upload(dy, gradient);
      backend.conv3x3ReluReplicated(y, x, filter);
      backend.conv3x3ReluReplicatedBackward(dx, dy, y, filter);
      double size = Math.sqrt(9.0 * channels / 9) * Math.sqrt(gradient.length);
      assertThat(dot(values(backend, y), gradient, bias))
          .isCloseTo(dot(values(backend, dx), picture, 0), Offset.offset(1e-4 * size));
    }
  }

  private static float[] uniform(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  private static float[] values(Backend backend, Tensor tensor) {
    float[] values = new float[(int) tensor.shape().size()];
    backend.download(values, tensor);
    return values;
  }

  private static double dot(float[] a, float[] b, double offset) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - offset) * b[i];
    }
    return sum;
  }
}
