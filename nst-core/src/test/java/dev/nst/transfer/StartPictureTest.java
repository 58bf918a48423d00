package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.contract.SyntheticImages;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.recipe.Init;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StartPictureTest {

  private static final Dimensions SIZE = new Dimensions(61, 47);
  private static final Pictures PICTURES =
      new Pictures(
          picture(1, 80, 62),
          List.of(flat(0.2f), picture(2, 40, 50)),
          new StyleBlend(List.of(3.0, 1.0)),
          Optional.empty());

  private static Image picture(int number, int width, int height) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }

  private static Image flat(float value) {
    float[] values = new float[3 * 40 * 40];
    java.util.Arrays.fill(values, value);
    return Image.of(40, 40, values);
  }

  private static float[] start(Init init, long seed) {
    Image image = StartPicture.of(init, seed, PICTURES, SIZE);
    assertThat(image.dimensions()).isEqualTo(SIZE);
    return image.toChw();
  }

  @ParameterizedTest
  @EnumSource(Init.Drawn.class)
  void theSameSeedGivesTheSameStartBetweenBlackAndWhite(Init.Drawn init) {
    float[] first = start(init, 7);
    assertThat(start(init, 7)).isEqualTo(first);
    for (float value : first) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Init.Drawn.class,
      names = {"CONTENT", "STYLE"},
      mode = EnumSource.Mode.EXCLUDE)
  void anotherSeedGivesAnotherStart(Init.Drawn init) {
    assertThat(start(init, 8)).isNotEqualTo(start(init, 7));
  }

  @Test
  void contentAndStyleAreThosePictures() {
    assertThat(start(Init.Drawn.CONTENT, 0))
        .isEqualTo(Pictures.resized(PICTURES.content(), SIZE).toChw());
    assertThat(start(Init.Drawn.STYLE, 0))
        .isEqualTo(Pictures.resized(PICTURES.styles().get(0), SIZE).toChw());
  }

  @Test
  void aFileIsThatPicture(@TempDir Path folder) {
    Path file = folder.resolve("start.png");
    Images.write(PICTURES.content(), file);
    Image expected = Pictures.resized(Images.read(file), SIZE);
    assertThat(start(new Init.Picture(file), 0)).isEqualTo(expected.toChw());
  }

  @Test
  void noisesHaveTheMeansOfTheirDefinition() {
    assertThat(mean(start(Init.Drawn.RANDOM, 1), 0)).isCloseTo(0.485, within(1e-5));
    assertThat(mean(start(Init.Drawn.GRAY, 1), 1)).isCloseTo(0.5 + 0.5 / 255, within(1e-4));
    assertThat(mean(start(Init.Drawn.UNIFORM, 1), 2)).isCloseTo(0.5, within(0.03));
    assertThat(mean(start(Init.Drawn.NORMAL, 1), 0)).isCloseTo(0.5, within(0.03));
  }

  @Test
  void styleStatisticsAreBlendedByTheShares() {
    double other = mean(PICTURES.styles().get(1).toChw(), 1);
    assertThat(mean(start(Init.Drawn.STYLE_STATS, 1), 1))
        .isCloseTo(0.75 * 0.2 + 0.25 * other, within(0.03));
  }

  private static double mean(float[] chw, int channel) {
    int area = chw.length / 3;
    double sum = 0;
    for (int i = channel * area; i < (channel + 1) * area; i++) {
      sum += chw[i];
    }
    return sum / area;
  }
}
