package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The transforms in double precision, against the convolution that they stand for. */
class WinogradTest {

  /** The transforms of the tile sizes in use. */
  static List<Winograd> all() {
    return List.of(Winograd.F4, Winograd.F6);
  }

  private static double[] random(Random random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static double[] direct(Winograd winograd, double[] tile, double[] taps) {
    int out = winograd.out();
    double[] y = new double[out * out];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < out; j++) {
        for (int u = 0; u < 3; u++) {
          for (int v = 0; v < 3; v++) {
            y[i * out + j] += taps[u * 3 + v] * tile[(i + u) * winograd.in() + j + v];
          }
        }
      }
    }
    return y;
  }

  private static double[] byWinograd(Winograd winograd, double[] tile, double[] taps) {
    return winograd.transformOutput(
        product(winograd.transformInput(tile), winograd.transformFilter(taps)));
  }

  private static double[] product(double[] a, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      c[i] = a[i] * b[i];
    }
    return c;
  }

  @ParameterizedTest
  @MethodSource("all")
  void transformedProductsAreTheConvolution(Winograd winograd) {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      double[] tile = random(random, winograd.points());
      double[] taps = random(random, 9);
      assertThat(byWinograd(winograd, tile, taps))
          .containsExactly(direct(winograd, tile, taps), within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyTapMeetsEveryPixel(Winograd winograd) {
    for (int pixel = 0; pixel < winograd.points(); pixel++) {
      for (int tap = 0; tap < 9; tap++) {
        double[] tile = new double[winograd.points()];
        double[] taps = new double[9];
        tile[pixel] = 1;
        taps[tap] = 1;
        assertThat(byWinograd(winograd, tile, taps))
            .containsExactly(direct(winograd, tile, taps), within(1e-13));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aTurnedFilterHasTheSamePointsInAnotherOrder(Winograd winograd) {
    for (int seed = 0; seed < 50; seed++) {
      double[] taps = random(new Random(seed), 9);
      double[] turned = new double[9];
      for (int tap = 0; tap < 9; tap++) {
        turned[tap] = taps[8 - tap];
      }
      double[] points = winograd.transformFilter(taps);
      double[] turnedPoints = winograd.transformFilter(turned);
      for (int point = 0; point < winograd.points(); point++) {
        assertThat(turnedPoints[point]).isCloseTo(points[winograd.turned(point)], within(1e-14));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void theVectorTransformsAreTheMatrices(Winograd winograd) {
    Random random = new Random(3);
    int numbers = winograd.points() * Layout.BLOCK;
    float[] x = new float[Layout.OFFSET + numbers];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    int[] pointAt = new int[winograd.points()];
    for (int point = 0; point < pointAt.length; point++) {
      pointAt[point] = point * Layout.BLOCK;
    }
    float[] stage = new float[Layout.OFFSET + numbers];
    float[] points = new float[x.length];
    int out = winograd.out();
    float[] y = new float[Layout.OFFSET + out * out * Layout.BLOCK];
    float[] bias = new float[Layout.OFFSET + Layout.BLOCK];
    bias[Layout.OFFSET + 5] = 2;
    int at = Layout.OFFSET;
    int row = winograd.in() * Layout.BLOCK;
    TileTransform transform = winograd.transform();
    transform.input(x, at, row, stage, at, points, at, pointAt);
    transform.output(x, at, Layout.BLOCK, stage, at, bias, at, 0, y, at, out * Layout.BLOCK);
    for (int lane = 0; lane < Layout.BLOCK; lane++) {
      double[] tile = new double[winograd.points()];
      for (int i = 0; i < tile.length; i++) {
        tile[i] = x[at + i * Layout.BLOCK + lane];
      }
      double[] expectedPoints = winograd.transformInput(tile);
      for (int i = 0; i < tile.length; i++) {
        assertThat((double) points[at + i * Layout.BLOCK + lane])
            .isCloseTo(expectedPoints[i], within(1e-5));
      }
      double[] expected = winograd.transformOutput(tile);
      for (int i = 0; i < expected.length; i++) {
        double rectified = Math.max(0, expected[i] + (lane == 5 ? 2 : 0));
        assertThat((double) y[at + i * Layout.BLOCK + lane]).isCloseTo(rectified, within(1e-5));
      }
    }
  }
}
