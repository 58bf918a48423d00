package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The transforms in double precision, against the convolution that they stand for. */
class WinogradTest {

  private static final Winograd F4 = Winograd.F4;

  private static double[] random(Random random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static double[] direct(double[] tile, double[] taps) {
    double[] y = new double[16];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        for (int u = 0; u < 3; u++) {
          for (int v = 0; v < 3; v++) {
            y[i * 4 + j] += taps[u * 3 + v] * tile[(i + u) * 6 + j + v];
          }
        }
      }
    }
    return y;
  }

  private static double[] product(double[] a, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      c[i] = a[i] * b[i];
    }
    return c;
  }

  @Property(tries = 50)
  void transformedProductsAreTheConvolution(@ForAll long seed) {
    Random random = new Random(seed);
    double[] tile = random(random, 36);
    double[] taps = random(random, 9);
    double[] y = F4.transformOutput(product(F4.transformInput(tile), F4.transformFilter(taps)));
    assertThat(y).containsExactly(direct(tile, taps), within(1e-13));
  }

  @Test
  void everyTapMeetsEveryPixel() {
    for (int pixel = 0; pixel < 36; pixel++) {
      for (int tap = 0; tap < 9; tap++) {
        double[] tile = new double[36];
        double[] taps = new double[9];
        tile[pixel] = 1;
        taps[tap] = 1;
        double[] y = F4.transformOutput(product(F4.transformInput(tile), F4.transformFilter(taps)));
        assertThat(y).containsExactly(direct(tile, taps), within(1e-14));
      }
    }
  }

  @Property(tries = 50)
  void aTurnedFilterHasTheSamePointsInAnotherOrder(@ForAll long seed) {
    double[] taps = random(new Random(seed), 9);
    double[] turned = new double[9];
    for (int tap = 0; tap < 9; tap++) {
      turned[tap] = taps[8 - tap];
    }
    double[] points = F4.transformFilter(taps);
    double[] turnedPoints = F4.transformFilter(turned);
    for (int point = 0; point < F4.points(); point++) {
      assertThat(turnedPoints[point]).isCloseTo(points[F4.turned(point)], within(1e-15));
    }
  }

  @Test
  void theVectorTransformsAreTheMatrices() {
    Random random = new Random(3);
    float[] x = new float[Layout.OFFSET + F4.points() * Layout.BLOCK];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    int[] pointAt = new int[F4.points()];
    for (int point = 0; point < pointAt.length; point++) {
      pointAt[point] = point * Layout.BLOCK;
    }
    float[] stage = new float[Layout.OFFSET + F4.points() * Layout.BLOCK];
    float[] points = new float[x.length];
    float[] y = new float[Layout.OFFSET + 16 * Layout.BLOCK];
    float[] bias = new float[Layout.OFFSET + Layout.BLOCK];
    bias[Layout.OFFSET + 5] = 2;
    int at = Layout.OFFSET;
    int row = F4.in() * Layout.BLOCK;
    F4.transform().input(x, at, row, stage, at, points, at, pointAt);
    F4.transform()
        .output(x, at, Layout.BLOCK, stage, at, bias, at, 0, y, at, F4.out() * Layout.BLOCK);
    for (int lane = 0; lane < Layout.BLOCK; lane++) {
      double[] tile = new double[F4.points()];
      for (int i = 0; i < tile.length; i++) {
        tile[i] = x[at + i * Layout.BLOCK + lane];
      }
      double[] expectedPoints = F4.transformInput(tile);
      for (int i = 0; i < tile.length; i++) {
        assertThat((double) points[at + i * Layout.BLOCK + lane])
            .isCloseTo(expectedPoints[i], within(3e-6));
      }
      double[] expected = F4.transformOutput(tile);
      for (int i = 0; i < expected.length; i++) {
        double rectified = Math.max(0, expected[i] + (lane == 5 ? 2 : 0));
        assertThat((double) y[at + i * Layout.BLOCK + lane]).isCloseTo(rectified, within(3e-6));
      }
    }
  }
}
