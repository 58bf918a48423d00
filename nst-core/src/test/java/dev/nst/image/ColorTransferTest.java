package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ColorTransferTest {

  /** Colours in a box around a middle grey, with channels that depend on each other. */
  private static Image picture(int width, int height, long seed) {
    Random random = new Random(seed);
    double mix = random.nextDouble() * 0.8;
    float[] chw = new float[3 * width * height];
    int area = width * height;
    double shift = random.nextDouble() * 0.1;
    for (int p = 0; p < area; p++) {
      double common = random.nextDouble();
      for (int c = 0; c < 3; c++) {
        double own = random.nextDouble();
        chw[c * area + p] = (float) (0.35 + shift + 0.2 * (mix * common + (1 - mix) * own));
      }
    }
    return Image.of(width, height, chw);
  }

  private static double luma(Image image, int y, int x) {
    return 0.299 * image.get(0, y, x) + 0.587 * image.get(1, y, x) + 0.114 * image.get(2, y, x);
  }

  private static double mean(Image image, int a, int b) {
    double sum = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        sum += image.get(a, y, x) * (b < 0 ? 1 : image.get(b, y, x));
      }
    }
    return sum / (image.width() * image.height());
  }

  private static double covariance(Image image, int a, int b) {
    return mean(image, a, b) - mean(image, a, -1) * mean(image, b, -1);
  }

  @Property(tries = 50)
  void luminanceKeepsTheBrightnessOfOneAndTheColourDifferencesOfTheOther(
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll long seed) {
    Image painted = picture(width, height, seed);
    Image photograph = picture(width, height, seed + 1);
    Image result = ColorTransfer.luminance(painted, photograph);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        assertThat(luma(result, y, x)).isCloseTo(luma(painted, y, x), within(1e-6));
        for (int c = 0; c < 3; c++) {
          assertThat(result.get(c, y, x) - luma(result, y, x))
              .isCloseTo(photograph.get(c, y, x) - luma(photograph, y, x), within(1e-6));
        }
      }
    }
  }

  @Example
  void luminanceRefusesAPhotographOfAnotherSize() {
    assertThatThrownBy(() -> ColorTransfer.luminance(picture(4, 4, 1), picture(4, 5, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4x4")
        .hasMessageContaining("4x5");
  }

  @Property(tries = 50)
  void matchingGivesThePaintingThePhotographsMeanAndCovariance(
      @ForAll @IntRange(min = 8, max = 20) int width,
      @ForAll @IntRange(min = 8, max = 20) int height,
      @ForAll long seed) {
    Image model = picture(height, width, seed + 1);
    Image result = ColorTransfer.match(picture(width, height, seed), model);
    for (int a = 0; a < 3; a++) {
      assertThat(mean(result, a, -1)).isCloseTo(mean(model, a, -1), within(1e-4));
      for (int b = 0; b < 3; b++) {
        assertThat(covariance(result, a, b)).isCloseTo(covariance(model, a, b), within(2e-5));
      }
    }
  }

  @Property(tries = 50)
  void matchingAPictureWithItselfChangesNothing(@ForAll long seed) {
    Image picture = picture(7, 6, seed);
    assertClose(ColorTransfer.match(picture, picture), picture, 1e-5);
    Image larger = picture(30, 30, seed);
    assertClose(ColorTransfer.matchHistograms(larger, larger), larger, 0.01);
  }

  @Example
  void matchingCopesWithAPictureOfOneColour() {
    float[] grey = new float[3 * 20];
    Arrays.fill(grey, 0.25f);
    Image plain = Image.of(5, 4, grey);
    Image model = picture(6, 6, 3);
    Image result = ColorTransfer.match(plain, model);
    for (int c = 0; c < 3; c++) {
      assertThat((double) result.get(c, 0, 0)).isCloseTo(mean(model, c, -1), within(1e-3));
    }
    assertThat(ColorTransfer.match(model, plain).toChw()).doesNotContain(Float.NaN);
  }

  @Property(tries = 50)
  void matchedHistogramsHaveThePhotographsQuantiles(@ForAll long seed) {
    Image model = picture(24, 24, seed + 1);
    Image result = ColorTransfer.matchHistograms(picture(25, 23, seed), model);
    for (int c = 0; c < 3; c++) {
      float[] expected = channel(model, c);
      float[] actual = channel(result, c);
      for (double share = 0.1; share < 0.95; share += 0.1) {
        assertThat((double) actual[(int) (share * actual.length)])
            .isCloseTo(expected[(int) (share * expected.length)], within(0.01));
      }
    }
  }

  @Property(tries = 30)
  void matchingKeepsTheOrderOfAChannelsValues(@ForAll long seed) {
    Image picture = picture(12, 12, seed);
    Image result = ColorTransfer.matchHistograms(picture, picture(9, 9, seed + 1));
    float[] before = picture.toChw();
    float[] after = result.toChw();
    for (int p = 1; p < 144; p++) {
      if (before[p] > before[p - 1]) {
        assertThat(after[p]).isGreaterThanOrEqualTo(after[p - 1]);
      }
    }
  }

  private static float[] channel(Image image, int c) {
    int area = image.width() * image.height();
    float[] values = Arrays.copyOfRange(image.toChw(), c * area, (c + 1) * area);
    Arrays.sort(values);
    return values;
  }

  private static void assertClose(Image actual, Image expected, double tolerance) {
    float[] a = actual.toChw();
    float[] e = expected.toChw();
    for (int i = 0; i < a.length; i++) {
      assertThat((double) a[i]).isCloseTo(e[i], within(tolerance));
    }
  }
}
