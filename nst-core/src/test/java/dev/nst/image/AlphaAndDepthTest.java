package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What survives in files beside 8-bit colours: alpha, 16 bits, text. */
class AlphaAndDepthTest {
  private static final OutputOptions DEEP = OutputOptions.defaults().withBitDepth(16);

  @TempDir private Path directory;

  /** Multiples of 1/65535 that are none of 1/255. */
  private static Image deep(int width, int height) {
    float[] values = new float[3 * width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7919 + 13) % 65536 / 65535f;
    }
    return Image.of(width, height, values);
  }

  private static Image deepVeiled(int width, int height) {
    float[] alpha = new float[width * height];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = (i * 104729 + 5) % 65535 / 65535f;
    }
    return deep(width, height).withAlpha(alpha);
  }

  private static void assertComesBack(Image image, String extension, OutputOptions options)
      throws IOException {
    Path file = Files.createTempFile("nst", extension);
    try {
      Images.write(image, file, options);
      Image back = Images.read(file);
      assertThat(back.toChw()).isEqualTo(image.toChw());
      assertThat(back.hasAlpha()).isEqualTo(image.hasAlpha());
      assertThat(back.toAlpha()).isEqualTo(image.toAlpha());
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 40)
  void pngAndTiffKeepEightBitsAndAlpha(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height)
      throws IOException {
    Image image = TestPictures.veiled(width, height);
    assertComesBack(image, ".png", OutputOptions.defaults());
    assertComesBack(image, ".tif", OutputOptions.defaults());
  }

  @Property(tries = 40)
  void pngAndTiffKeepSixteenBitsWithAndWithoutAlpha(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height)
      throws IOException {
    for (String extension : new String[] {".png", ".tif"}) {
      assertComesBack(deep(width, height), extension, DEEP);
      assertComesBack(deepVeiled(width, height), extension, DEEP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jpg", "a.bmp"})
  void formatsWithoutAlphaShowWhite(String name) {
    Image image = TestPictures.plain(16, 16, 250, 20, 30).withAlpha(new float[256]);
    Path file = directory.resolve(name);
    Images.write(image, file);
    assertThat(Images.read(file).get(1, 8, 8)).isGreaterThan(0.98f);
    assertThat(Images.holdsAlpha(file)).isFalse();
  }

  @Test
  void leavesAlphaOutWhenTold() {
    Image image = TestPictures.veiled(5, 4);
    Path file = directory.resolve("a.png");
    Images.write(image, file, OutputOptions.defaults().withAlpha(false));
    assertThat(Images.read(file).hasAlpha()).isFalse();
    assertThat(TestPictures.largestDifference(Images.read(file), image.onWhite())).isZero();
    assertThat(Images.holdsAlpha(file)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"a.jpg, JPEG", "a.bmp, BMP"})
  void refusesSixteenBitsWhereThereAreEight(String name, String format) {
    Path file = directory.resolve(name);
    String refusal =
        ("The output '%s' cannot have 16 bits a channel because %s holds 8; choose .png or .tif, or"
                + " 8 bits.")
            .formatted(file, format);
    assertThatThrownBy(() -> Images.checkWritable(file, DEEP))
        .isInstanceOf(NstException.class)
        .hasMessage(refusal);
    assertThatThrownBy(() -> Images.write(deep(2, 2), file, DEEP)).hasMessage(refusal);
    assertThat(file).doesNotExist();
  }

  @Property(tries = 60)
  void resizingKeepsSixteenBits(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height) {
    float grey = 12345 / 65535f;
    float[] values = new float[3 * 7 * 5];
    Arrays.fill(values, grey);
    Image resized = Resize.bilinear(Image.of(7, 5, values), width, height);
    for (float value : resized.toChw()) {
      assertThat(value).isCloseTo(grey, within(1.1f / 65535));
    }
  }

  @Test
  void anOpaqueAlphaDoesNotChangeHowAPictureIsResized() throws IOException {
    BufferedImage opaque = new BufferedImage(33, 21, BufferedImage.TYPE_INT_ARGB);
    Image plain = TestPictures.draw(33, 21).toImage();
    opaque.createGraphics().drawImage(plain.toBufferedImage(), 0, 0, null);
    Path file = directory.resolve("opaque.png");
    ImageIO.write(opaque, "png", file.toFile());
    assertThat(Images.read(file, 13).toChw()).isEqualTo(Resize.shortEdge(plain, 13).toChw());
  }

  @Property(tries = 60)
  void coloursOfTransparentPixelsDoNotBleed(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height) {
    // Left: opaque red. Right: a green that nobody sees.
    float[] values = {1, 0, 0, 1, 0, 0};
    Image image = Image.of(2, 1, values).withAlpha(new float[] {1, 0});
    Image resized = Resize.bilinear(image, width, height);
    for (int x = 0; x < width; x++) {
      if (resized.alpha(0, x) > 0.01) {
        assertThat(resized.get(0, 0, x)).isCloseTo(1, within(1e-3f));
        assertThat(resized.get(1, 0, x)).isCloseTo(0, within(1e-3f));
      }
    }
  }

  @Test
  void readsAWebpOfEveryKind() throws IOException {
    Image dots = Images.read(Files.write(directory.resolve("dots.webp"), WebpFiles.LOSSLESS));
    assertThat(dots.toAlpha()).containsExactly(1, 128 / 255f, 64 / 255f, 0);
    assertThat(Pixels.of(dots, 8).get(4)).isEqualTo(10);
    assertThat(dots.get(1, 1, 0)).isEqualTo(1);

    Image lossy = Images.read(Files.write(directory.resolve("lossy"), WebpFiles.LOSSY));
    assertThat(lossy.hasAlpha()).isFalse();
    assertHalves(lossy);

    Path veiled = Files.write(directory.resolve("veiled"), WebpFiles.LOSSY_WITH_ALPHA);
    assertHalves(Images.read(veiled));
    assertThat(Images.read(veiled).alpha(3, 3)).isEqualTo(1);
    assertThat(Images.read(veiled).alpha(3, 28)).isEqualTo(102 / 255f);

    Image pil = Images.read(TestPictures.file("formats/rgb.webp"));
    Image original = Images.read(TestPictures.file("formats/rgb.png"));
    assertThat(pil.dimensions()).isEqualTo(original.dimensions());
  }

  private static void assertHalves(Image image) {
    assertThat(image.dimensions()).isEqualTo(new Dimensions(32, 16));
    assertThat(image.get(0, 8, 4)).isCloseTo(200 / 255f, within(.02f));
    assertThat(image.get(2, 8, 4)).isCloseTo(40 / 255f, within(.02f));
    assertThat(image.get(0, 8, 28)).isCloseTo(40 / 255f, within(.02f));
    assertThat(image.get(2, 8, 28)).isCloseTo(200 / 255f, within(.02f));
  }

  @Test
  void qualityMakesAJpegSmaller() throws IOException {
    Image image = TestPictures.draw(64, 64).toImage();
    Path good = directory.resolve("good.jpg");
    Path poor = directory.resolve("poor.jpg");
    Images.write(image, good);
    Images.write(image, poor, OutputOptions.defaults().withQuality(20));
    assertThat(Files.size(poor)).isLessThan(Files.size(good) / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.tif"})
  void writesTextThatThePictureSurvives(String name) throws IOException {
    Map<String, String> text = Map.of("Software", "nst 9.9", "Recipe", "quick, \u00fcber 384");
    Path file = directory.resolve(name);
    Image image = TestPictures.plain(8, 8, 200, 100, 50);
    Images.write(image, file, OutputOptions.defaults().withText(text));
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    String umlaut =
        new String("\u00fcber".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains("nst 9.9", "Recipe", umlaut + " 384");
    assertThat(TestPictures.largestDifference(Images.read(file), image)).isLessThanOrEqualTo(3);

    Images.write(image, file);
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("nst 9.9");
  }

  @Test
  void refusesOptionsThatNoFileCanHave() {
    OutputOptions options = OutputOptions.defaults();
    assertThatIllegalArgumentException().isThrownBy(() -> options.withQuality(0));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withQuality(101));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withBitDepth(12));
    for (String keyword : new String[] {"", " a", "a ", "\u00fc", "k".repeat(80)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> options.withText(Map.of(keyword, "text")));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withText(Map.of("Comment", "a\0b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withText(Map.of("Comment", "x".repeat(60_000))))
        .withMessage("A picture file can hold 60000 bytes of text, but 60007 were given");
  }
}
