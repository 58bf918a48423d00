package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {

  @Test
  void keepsPlanesRowByRow() {
    float[] chw = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26};
    Image image = Image.of(3, 2, chw);
    assertThat(image.width()).isEqualTo(3);
    assertThat(image.height()).isEqualTo(2);
    assertThat(image.get(0, 0, 2)).isEqualTo(3);
    assertThat(image.get(1, 1, 0)).isEqualTo(14);
    assertThat(image.get(2, 1, 2)).isEqualTo(26);
    assertThat(image.toChw()).isEqualTo(chw);
    assertThat(image).hasToString("Image[3x2]");
  }

  @Test
  void sharesNoArrayWithItsCaller() {
    float[] given = {0.1f, 0.2f, 0.3f};
    Image image = Image.of(1, 1, given);
    given[0] = 9;
    image.toChw()[1] = 9;
    assertThat(image.toChw()).containsExactly(0.1f, 0.2f, 0.3f);
  }

  @Test
  void copiesIntoAnArrayAtAnOffset() {
    float[] destination = new float[5];
    Image.of(1, 1, new float[] {1, 2, 3}).copyTo(destination, 1);
    assertThat(destination).containsExactly(0, 1, 2, 3, 0);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> Image.of(1, 1, new float[] {1, 2, 3}).copyTo(destination, 3));
  }

  @Test
  void refusesArraysOfTheWrongLengthAndEdgesBelowOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Image.of(2, 3, new float[17]))
        .withMessage("An image of 2x3 needs 3*3*2 = 18 values, but the array holds 17");
    assertThatIllegalArgumentException().isThrownBy(() -> Image.of(0, 3, new float[0]));
    // 3 * 2^16 * 2^16 is 0 in 32 bits.
    assertThatIllegalArgumentException().isThrownBy(() -> Image.of(1 << 16, 1 << 16, new float[0]));
  }

  @Test
  void refusesPixelsOutsideOfThePicture() {
    Image image = TestPictures.plain(3, 2, 0, 0, 0);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> image.get(0, 0, 3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> image.get(3, 0, 0));
  }

  @Test
  void clampsToTheUnitRange() {
    float[] values = {-0.5f, 1.5f, Float.NaN, Float.POSITIVE_INFINITY, 0.25f, -0f};
    assertThat(Image.of(2, 1, values).clamped().toChw()).containsExactly(0, 1, 0, 1, 0.25f, 0);
  }

  @Test
  void roundsToTheNearest255thInABufferedImage() {
    float below = 99.49f / 255;
    float above = 99.51f / 255;
    BufferedImage picture =
        Image.of(2, 1, new float[] {below, above, -1, 2, Float.NaN, 0.5f}).toBufferedImage();
    assertThat(picture.getType()).isEqualTo(BufferedImage.TYPE_INT_RGB);
    assertThat(new Color(picture.getRGB(0, 0))).isEqualTo(new Color(99, 0, 0));
    assertThat(new Color(picture.getRGB(1, 0))).isEqualTo(new Color(100, 255, 128));
  }

  @Property(tries = 50)
  void survivesABufferedImageExactly(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height) {
    Image image = TestPictures.draw(width, height).toImage();
    assertThat(Image.fromBufferedImage(image.toBufferedImage()).toChw()).isEqualTo(image.toChw());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void readsEveryEightBitLayout(int type) {
    BufferedImage picture = new BufferedImage(5, 3, type);
    picture.setRGB(4, 2, new Color(200, 100, 7).getRGB());
    Image image = Image.fromBufferedImage(picture);
    assertThat(pixel(image, 4, 2)).containsExactly(200, 100, 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_4BYTE_ABGR_PRE})
  void showsTransparentPixelsOnWhite(int type) {
    BufferedImage picture = new BufferedImage(2, 1, type);
    picture.setRGB(1, 0, new Color(100, 0, 250, 102).getRGB());
    Image image = Image.fromBufferedImage(picture);
    assertThat(image.alpha(0, 0)).isZero();
    assertThat(image.alpha(0, 1)).isEqualTo(102 / 255f);
    assertThat(pixel(image.onWhite(), 0, 0)).containsExactly(255, 255, 255);
    assertThat(pixel(image.onWhite(), 1, 0)).containsExactly(193, 153, 253);
    assertThat(image.onWhite().hasAlpha()).isFalse();
  }

  @Test
  void survivesABufferedImageWithAlpha() {
    Image image = TestPictures.veiled(7, 5);
    BufferedImage picture = image.toBufferedImage();
    assertThat(picture.getType()).isEqualTo(BufferedImage.TYPE_INT_ARGB);
    Image back = Image.fromBufferedImage(picture);
    assertThat(back.toChw()).isEqualTo(image.toChw());
    assertThat(back.toAlpha()).isEqualTo(image.toAlpha());
  }

  @Test
  void hasNoAlphaPlaneWhereEverythingIsOpaque() {
    Image image = TestPictures.plain(2, 1, 9, 8, 7);
    assertThat(image.hasAlpha()).isFalse();
    assertThat(image.toAlpha()).containsExactly(1, 1);
    assertThat(image.withAlpha(new float[] {1, 7}).hasAlpha()).isFalse();
    assertThat(image.withAlpha(new float[] {1, Float.NaN}).toAlpha()).containsExactly(1, 0);
    assertThat(image.onWhite()).isSameAs(image);
    assertThat(image.cutOutLike(image)).isSameAs(image);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> image.withAlpha(new float[3]))
        .withMessage("The alpha of an image of 2x1 needs 2 values, but the array holds 3");
  }

  @Test
  void aPictureCutOutLikeAnotherLooksOnWhiteAsBefore() {
    // Dark enough nowhere: what white shines through can be no darker than the veil lets it.
    Image painted = TestPictures.plain(8, 6, 240, 250, 245);
    Image shape = TestPictures.veiled(8, 6);
    Image cut = painted.cutOutLike(shape);
    assertThat(cut.toAlpha()).isEqualTo(shape.toAlpha());
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 8; x++) {
        if (shape.alpha(y, x) > 0.1) {
          assertThat(cut.onWhite().get(0, y, x)).isCloseTo(240 / 255f, within(1e-5f));
        }
      }
    }
  }

  @Test
  void resizesTheAlphaOfAPictureToCutOutLike() {
    Image shape = TestPictures.plain(2, 2, 0, 0, 0).withAlpha(new float[] {0, 1, 0, 1});
    Image cut = TestPictures.plain(8, 8, 255, 255, 255).cutOutLike(shape);
    assertThat(cut.alpha(4, 0)).isZero();
    assertThat(cut.alpha(4, 7)).isEqualTo(1);
    assertThat(cut.alpha(4, 4)).isBetween(0.5f, 0.7f);
  }

  @Test
  void takesGreySamplesAsTheyAre() {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(1, 0, 0, 128);
    assertThat(pixel(Image.fromBufferedImage(grey), 1, 0)).containsExactly(128, 128, 128);

    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(1, 0, 0, 12345);
    assertThat(Image.fromBufferedImage(deep).get(2, 0, 1)).isEqualTo(12345 / 65535f);
  }

  @Test
  void cutsOffFloatsThatAreNoColours() {
    ColorSpace srgb = ColorSpace.getInstance(ColorSpace.CS_sRGB);
    ColorModel floats =
        new ComponentColorModel(srgb, false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT);
    WritableRaster raster = floats.createCompatibleWritableRaster(2, 1);
    raster.setPixel(0, 0, new float[] {-3, .1003f, 7});
    raster.setPixel(1, 0, new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY});
    Image image = Image.fromBufferedImage(new BufferedImage(floats, raster, false, null));
    assertThat(image.toChw()).containsExactly(0, 0, Math.round(.1003 * 65535) / 65535f, 1, 1, 1);
  }

  @Test
  void readsAPartOfAnotherPicture() {
    BufferedImage whole = TestPictures.draw(20, 20).toImage().toBufferedImage();
    Image part = Image.fromBufferedImage(whole.getSubimage(5, 6, 7, 8));
    assertThat(part.dimensions()).isEqualTo(new Dimensions(7, 8));
    assertThat(pixel(part, 6, 7)).isEqualTo(pixel(Image.fromBufferedImage(whole), 11, 13));
  }

  private static int[] pixel(Image image, int x, int y) {
    int[] pixel = new int[3];
    Arrays.setAll(pixel, c -> Math.round(image.get(c, y, x) * 255));
    return pixel;
  }
}
