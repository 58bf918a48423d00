package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.ConvFilter;
import dev.nst.cpu.vector.ConvolutionCase.Direction;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Convolutions between feature maps against a float64 reference. */
class WinogradConvolutionTest {

  /** Of the norm of the result by F(4x4, 3x3); the worst seen is 2.4e-6, with 600 channels. */
  private static final double TOLERANCE_OF_F4 = 4e-6;

  /** By F(6x6, 3x3), whose points are farther apart; seen in random cases: 5.1e-6. */
  private static final double TOLERANCE_OF_F6 = 8e-6;

  private static double tolerance(int inChannels, int outChannels) {
    return Math.max(inChannels, outChannels) <= Convolution.MAX_CHANNELS_OF_F6
        ? TOLERANCE_OF_F6
        : TOLERANCE_OF_F4;
  }

  private static void check(Shape shape, int outChannels, double size, long seed) {
    ConvolutionCase.check(shape, outChannels, size, seed, tolerance(shape.c(), outChannels));
  }

  @Property(tries = 60)
  void isCloseToTheReferenceForAnySizeAndChannels(
      @ForAll @IntRange(min = 1, max = 2) int pictures,
      @ForAll @IntRange(min = 5, max = 70) int inChannels,
      @ForAll @IntRange(min = 5, max = 70) int outChannels,
      @ForAll @IntRange(min = 1, max = 19) int height,
      @ForAll @IntRange(min = 1, max = 19) int width,
      @ForAll long seed) {
    check(new Shape(pictures, inChannels, height, width), outChannels, 1, seed);
  }

  @Example
  void isCloseToTheReferenceForASingleTileOfManyChannels() {
    check(Shape.features(600, 4, 4), 520, 1, 1);
    check(Shape.features(256, 1, 1), 528, 1, 2);
  }

  @Example
  void isCloseToTheReferenceForSeveralBlocksOfTilesThatThreadsShare() {
    check(Shape.features(272, 33, 67), 16, 1, 3);
    check(Shape.features(16, 65, 67), 272, 1, 4);
  }

  @Example
  void takesLargeNumbers() {
    check(Shape.features(64, 9, 10), 33, 1e30, 5);
  }

  @Example
  void takesNumbersOfWhichProductsAreDenormal() {
    Shape shape = Shape.features(64, 9, 10);
    for (Direction direction : Direction.values()) {
      ConvolutionCase some = ConvolutionCase.random(shape, 33, direction, 1e-39, 6);
      float[] actual = some.actual(direction, 2);
      double[] expected = some.expected(direction);
      for (int i = 0; i < actual.length; i++) {
        // A denormal's unit is 1.4e-45; some hundred roundings to it.
        assertThat((double) actual[i])
            .isBetween(expected[i] - 400 * Float.MIN_VALUE, expected[i] + 400 * Float.MIN_VALUE);
      }
    }
  }

  @Example
  void anInfinityReachesNoOtherTileOrChannelOfItsOwnBlock() {
    Shape shape = Shape.features(16, 20, 20);
    ConvolutionCase some = ConvolutionCase.random(shape, 16, Direction.FORWARD, 1, 7);
    float[] clean = some.actual(Direction.FORWARD, 2);
    // So few channels go by F(6x6, 3x3): pixel (9, 9) is read by the tile at (6, 6) alone.
    some.input()[9 * 20 + 9] = Float.POSITIVE_INFINITY;
    float[] actual = some.actual(Direction.FORWARD, 2);
    for (int i = 0; i < actual.length; i++) {
      int row = i / 20 % 20;
      int column = i % 20;
      if (row < 6 || row >= 12 || column < 6 || column >= 12) {
        assertThat(actual[i]).isEqualTo(clean[i]);
      } else if (Math.abs(row - 9) <= 1 && Math.abs(column - 9) <= 1) {
        assertThat(Float.isFinite(actual[i])).isFalse();
      }
    }
  }

  @Example
  void lanesWithoutAChannelDoNotReachTheOthers() {
    try (Backend backend = new VectorBackendProvider().open(BackendOptions.defaults());
        Arena arena = backend.openArena("test");
        ConvFilter filter = backend.prepareFilter(new float[9 * 18 * 18], new float[18], 18, 18)) {
      Shape shape = Shape.features(18, 7, 5);
      Tensor x = arena.allocate(shape);
      Tensor y = arena.allocate(shape);
      // Fills idle lanes too.
      backend.fill(x, Float.NaN);
      backend.upload(x, new float[(int) shape.size()]);
      backend.conv3x3(y, x, filter);
      backend.conv3x3Backward(x, y, filter);
      float[] result = new float[(int) shape.size()];
      backend.download(result, x);
      assertThat(result).containsOnly(0);
    }
  }
}
