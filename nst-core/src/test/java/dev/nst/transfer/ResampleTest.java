package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.image.Dimensions;
import org.junit.jupiter.api.Test;

/** Expected values: {@code torch.nn.functional.interpolate}, 1.13, align_corners=False. */
class ResampleTest {

  private static final float[] LINE = {0, 1, 4, 9};

  @Test
  void cubicConvolutionEqualsPyTorch() {
    check(Resample.bicubic(LINE, new Dimensions(4, 1), new Dimensions(6, 1)), CUBIC);
  }

  @Test
  void linearInterpolationEqualsPyTorch() {
    check(Resample.bilinear(LINE, new Dimensions(4, 1), new Dimensions(6, 1)), LINEAR);
  }

  private static final double[] CUBIC = {
    -0.086806, 0.218750, 1.430556, 3.152778, 6.781250, 9.434028
  };
  private static final double[] LINEAR = {
    0.000000, 0.500000, 1.500000, 3.500000, 6.500000, 9.000000
  };

  @Test
  void rowsColumnsAndPlanesAreTreatedAlike() {
    float[] planes = {0, 0, 1, 1, 4, 4, 9, 9, 0, 0, 2, 2, 8, 8, 18, 18};
    float[] down = Resample.bicubic(planes, new Dimensions(2, 4), new Dimensions(3, 6));
    assertThat(down).hasSize(36);
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 3; x++) {
        assertThat(down[3 * y + x]).isCloseTo((float) CUBIC[y], within(1e-5f));
        assertThat(down[18 + 3 * y + x]).isCloseTo((float) (2 * CUBIC[y]), within(1e-5f));
      }
    }
  }

  @Test
  void theSameSizeChangesNothing() {
    Dimensions size = new Dimensions(2, 2);
    assertThat(Resample.bicubic(LINE, size, size)).isEqualTo(LINE);
    assertThat(Resample.bilinear(LINE, size, size)).isEqualTo(LINE);
  }

  private static void check(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo((float) expected[i], within(1e-5f));
    }
  }
}
