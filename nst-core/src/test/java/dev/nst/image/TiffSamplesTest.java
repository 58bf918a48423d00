package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.image.TiffFiles.Extra;
import dev.nst.image.TiffFiles.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TIFFs of floats, of long integers and with both kinds of alpha; expected values by hand. */
class TiffSamplesTest {
  private static final float STEP = 1 / 65535f;

  @TempDir private Path directory;

  private Image read(byte[] tiff) throws IOException {
    return Images.read(Files.write(directory.resolve("samples.tif"), tiff));
  }

  private static void assertColour(Image image, int x, float tolerance, double... expected) {
    for (int channel = 0; channel < 3; channel++) {
      assertThat(image.get(channel, 0, x))
          .as("channel %d of pixel %d", channel, x)
          .isCloseTo((float) expected[channel % expected.length], within(tolerance));
    }
  }

  /** A half has 11 bits, a signed integer 15. */
  @ParameterizedTest
  @CsvSource({
    "UNSIGNED_16, .5",
    "UNSIGNED_32, .5",
    "SIGNED_16, 1.1",
    "HALF, 16",
    "FLOAT, .5",
    "DOUBLE, .5"
  })
  void readsEveryKindOfSampleTo16Bits(Samples kind, float steps) throws IOException {
    Image image = read(TiffFiles.of(kind, 3, Extra.NONE, .1001, .4003, .9005, 1, 0, .002));
    assertThat(image.dimensions()).isEqualTo(new Dimensions(2, 1));
    assertThat(image.hasAlpha()).isFalse();
    assertColour(image, 0, 1.01f * steps * STEP, .1001, .4003, .9005);
    assertColour(image, 1, 1.01f * steps * STEP, 1, 0, .002);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNSIGNED_16", "FLOAT"})
  void takesGreyAsItIs(Samples kind) throws IOException {
    Image image = read(TiffFiles.of(kind, 1, Extra.NONE, .0501, .5003));
    assertColour(image, 0, STEP, .0501);
    assertColour(image, 1, STEP, .5003);
  }

  @Test
  void cutsOffFloatsThatAreNoColours() throws IOException {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    byte[] tiff = TiffFiles.of(Samples.FLOAT, 3, Extra.NONE, -2, 7.5, nan, infinite, -infinite, .5);
    assertColour(read(tiff), 0, 0, 0, 1, 0);
    assertColour(read(tiff), 1, STEP, 1, 0, .5);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNSIGNED_16", "FLOAT"})
  void takesAlphaOutOfColoursThatItWasMultipliedWith(Samples kind) throws IOException {
    byte[] plain = TiffFiles.of(kind, 4, Extra.ALPHA, .8, .4, .2, .5, .9, .9, .9, .25);
    byte[] multiplied =
        TiffFiles.of(kind, 4, Extra.ALPHA_MULTIPLIED_IN, .4, .2, .1, .5, .225, .225, .225, .25);
    for (byte[] tiff : new byte[][] {plain, multiplied}) {
      Image image = read(tiff);
      assertThat(image.alpha(0, 0)).isCloseTo(.5f, within(STEP));
      assertThat(image.alpha(0, 1)).isCloseTo(.25f, within(STEP));
      assertColour(image, 0, 4 * STEP, .8, .4, .2);
      assertColour(image, 1, 4 * STEP, .9);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNSIGNED_16", "FLOAT"})
  void readsGreyWithAlpha(Samples kind) throws IOException {
    Image image = read(TiffFiles.of(kind, 2, Extra.ALPHA, .3, .5, .6, 1));
    assertColour(image, 0, STEP, .3);
    assertThat(image.alpha(0, 0)).isCloseTo(.5f, within(STEP));
    assertColour(image, 1, STEP, .6);
    assertThat(image.alpha(0, 1)).isEqualTo(1);
  }

  /** The colours of {@link ColourProfileTest}, which are exact to a 255th. */
  @Test
  void convertsFloatsByTheirProfile() throws IOException {
    byte[] profile = Profiles.displayP3();
    double[] colour = {180 / 255., 120 / 255., 90 / 255.};
    Image image = read(TiffFiles.of(Samples.FLOAT, 3, Extra.NONE, profile, colour));
    assertColour(image, 0, 1 / 255f, 192 / 255., 117 / 255., 83 / 255.);
    assertThat(image.get(0, 0, 0) * 255 % 1).isBetween(.01f, .99f);
  }

  @Test
  void refusesFloatsOfARareLength() {
    byte[] tiff = TiffFiles.of(Samples.FLOAT_24, 3, Extra.NONE, 0, 0, 0);
    assertThatThrownBy(() -> read(tiff))
        .isInstanceOf(NstException.class)
        .hasMessageMatching(
            "Picture '.*samples.tif' cannot be decoded because it is damaged, cut short or of a"
                + " rare kind \\(.+\\); open it in an image editor and export it as PNG\\.");
  }
}
