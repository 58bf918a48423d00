package dev.nst.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DemoPicturesTest {

  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(
        0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
  }

  @Test
  void areTheSameForTheSameSeed() {
    assertThat(pixels(Landscape.draw(96, 64, 3))).isEqualTo(pixels(Landscape.draw(96, 64, 3)));
    assertThat(pixels(Brushwork.draw(96, 64, 3))).isEqualTo(pixels(Brushwork.draw(96, 64, 3)));
  }

  @Test
  void areOthersForAnotherSeed() {
    assertThat(pixels(Landscape.draw(96, 64, 3))).isNotEqualTo(pixels(Landscape.draw(96, 64, 4)));
    assertThat(pixels(Brushwork.draw(96, 64, 3))).isNotEqualTo(pixels(Brushwork.draw(96, 64, 4)));
  }

  @Test
  void areFullOfColours() {
    for (BufferedImage picture :
        new BufferedImage[] {Landscape.draw(96, 64, 2), Brushwork.draw(96, 64, 2)}) {
      long colours = Arrays.stream(pixels(picture)).distinct().count();
      assertThat(colours).isGreaterThan(1000);
    }
  }

  @Test
  void noiseStaysWithinItsRangeAndIsContinuous() {
    Noise noise = new Noise(1);
    double smallest = 1;
    double largest = -1;
    for (int i = 0; i < 10_000; i++) {
      double value = noise.at(i * 0.137, i * 0.071);
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      assertThat(noise.at(i * 0.137 + 1e-6, i * 0.071))
          .isCloseTo(value, org.assertj.core.data.Offset.offset(1e-4));
    }
    assertThat(smallest).isBetween(-1.0, -0.5);
    assertThat(largest).isBetween(0.5, 1.0);
  }
}
