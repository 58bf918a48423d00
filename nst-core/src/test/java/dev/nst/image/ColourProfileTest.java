package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose colours are not sRGB, and what of them is; expected values by hand. */
class ColourProfileTest {
  @TempDir private Path directory;

  private Image read(String format, BufferedImage picture, byte[] profile) throws IOException {
    Path file = directory.resolve("profiled." + format);
    return Images.read(Files.write(file, ProfiledFiles.of(format, picture, profile)));
  }

  private static BufferedImage flat(int red, int green, int blue) {
    return TestPictures.plain(16, 16, red, green, blue).toBufferedImage();
  }

  private static int[] colour(Image image) {
    int[] colour = new int[3];
    Arrays.setAll(colour, c -> Math.round(255 * image.get(c, 8, 8)));
    return colour;
  }

  private static void assertColour(Image image, int tolerance, int... expected) {
    int[] colour = colour(image);
    for (int c = 0; c < 3; c++) {
      assertThat(colour[c])
          .as("%s, wanted %s", Arrays.toString(colour), Arrays.toString(expected))
          .isCloseTo(expected[c], within(tolerance));
    }
  }

  /** Linear light by the gamma, to XYZ, by the inverse of sRGB's matrix (D50), by sRGB's curve. */
  @ParameterizedTest
  @CsvSource({"png, 1", "jpg, 3", "tif, 1"})
  void convertsDisplayP3(String format, int tolerance) throws IOException {
    Image image = read(format, flat(180, 120, 90), Profiles.displayP3());
    assertColour(image, tolerance, 192, 117, 83);
  }

  @ParameterizedTest
  @CsvSource({"png, 1", "jpg, 3", "tif, 1"})
  void convertsAdobeRgb(String format, int tolerance) throws IOException {
    Image image = read(format, flat(180, 120, 90), Profiles.adobeRgb());
    assertColour(image, tolerance, 199, 121, 88);
  }

  /** 55/255 of white's light is 128/255 in the curve of sRGB. */
  @ParameterizedTest
  @CsvSource({"png, 1", "jpg, 2", "tif, 1"})
  void convertsLinearGrey(String format, int tolerance) throws IOException {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i % 16, i / 16, 0, 55);
    }
    // Not 1 exactly, which would be the JDK's own grey.
    assertColour(read(format, grey, Profiles.grey(1.01)), tolerance, 127, 127, 127);
  }

  @Test
  void convertsThePaletteOfAPng() throws IOException {
    BufferedImage indexed = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.createGraphics().drawImage(flat(204, 102, 51), 0, 0, null);
    assertColour(read("png", indexed, Profiles.displayP3()), 1, 221, 94, 24);
  }

  @Test
  void convertsSixteenBitsWithTheirPrecision() throws IOException {
    Image deep = Image.of(1, 1, new float[] {.70001f, .47f, .35f});
    BufferedImage picture = BufferedImages.of(Pixels.of(deep, 16));
    Image image = read("png", picture, Profiles.displayP3());
    assertThat(image.get(0, 0, 0)).isCloseTo(.7459f, within(.002f));
    assertThat(image.get(0, 0, 0) * 255 % 1).isBetween(.01f, .99f);
  }

  @Test
  void convertsAWebpAndTurnsItUpright() throws IOException {
    byte[] turned = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0};
    byte[] bytes = WebpFiles.extended(Profiles.displayP3(), turned);
    Path file = Files.write(directory.resolve("extended.webp"), bytes);
    Image image = Images.read(file);
    assertThat(image.dimensions()).isEqualTo(new Dimensions(16, 32));
    assertThat(Images.dimensions(file)).isEqualTo(image.dimensions());
    assertColour(image, 4, 219, 0, 17);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "tif", "webp"})
  void ignoresABrokenProfileAndSaysSo(String format) throws IOException {
    byte[] sound = Profiles.displayP3();
    byte[] noProfile = new byte[300];
    byte[] cut = Arrays.copyOf(sound, 140);
    byte[] noColorants = sound.clone();
    Arrays.fill(noColorants, 132, 190, (byte) 'x');
    for (byte[] broken : List.of(noProfile, cut, noColorants)) {
      byte[] bytes =
          format.equals("webp")
              ? WebpFiles.extended(broken, new byte[1])
              : ProfiledFiles.of(format, flat(200, 40, 40), broken);
      Path file = Files.write(directory.resolve("broken"), bytes);
      assertColour(Images.read(file), 3, 200, 40, 40);
    }
  }

  @Test
  void ignoresAProfileForAnotherNumberOfComponents() throws IOException {
    Image image = read("png", flat(200, 40, 40), Profiles.grey(1.8));
    assertColour(image, 0, 200, 40, 40);
  }

  @Test
  void warnsOfAProfileThatIsNone() throws IOException {
    byte[] bytes = ProfiledFiles.of("png", flat(1, 2, 3), new byte[300]);
    Path file = Files.write(directory.resolve("broken.png"), bytes);
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      assertThat(FileMetadata.read(PictureFormat.PNG, in, warnings::add).profile()).isNull();
    }
    assertThat(warnings).hasSize(1);
  }

  /** Reads a file and says what the reader warned of. */
  private static Image read(Path file, List<String> warnings) {
    PictureLimits limits = new PictureLimits(1_000_000, 64 << 20);
    return new PictureReader(limits, warnings::add).read(file, UnaryOperator.identity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "tif"})
  void warnsOnceThatAProfileIsBroken(String format) throws IOException {
    byte[] bytes = ProfiledFiles.of(format, flat(200, 40, 40), new byte[300]);
    Path file = Files.write(directory.resolve("broken." + format), bytes);
    List<String> warnings = new ArrayList<>();
    read(file, warnings);
    assertThat(warnings)
        .singleElement()
        .asString()
        .matches("The colour profile of '.*broken\\.\\w+' is broken and ignored \\(.+\\)\\.");
  }

  /**
   * Ink by ink, and half of black: {@link Profiles#cmyk}'s L*a*b* (D50) to XYZ, by the inverse of
   * sRGB's matrix, by sRGB's curve. What Adobe's programs store is 255 for no ink; of YCCK, JFIF's
   * luma and colour differences of what they store for cyan, magenta and yellow, turned round.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 255, 255, 255, 255, 255, 255, 255",
    "0, 0, 255, 255, 255, 220, 157, 99",
    "0, 255, 0, 255, 255, 74, 162, 88",
    "0, 255, 255, 0, 255, 103, 115, 187",
    "0, 255, 255, 255, 128, 119, 119, 119",
    "0, 0, 255, 255, 128, 105, 76, 51",
    "0, 255, 255, 255, 0, 0, 0, 0",
    "2, 0, 128, 128, 255, 255, 255, 255",
    "2, 76, 85, 255, 255, 220, 157, 99",
    "2, 150, 44, 21, 255, 74, 162, 88",
    "2, 29, 255, 107, 255, 103, 115, 187",
    "2, 76, 85, 255, 128, 105, 76, 51"
  })
  void readsInksOfAJpegByTheirProfile(
      int transform, int a, int b, int c, int k, int red, int green, int blue) throws IOException {
    byte[] bytes =
        ProfiledFiles.fourChannelJpeg(transform, new int[] {a, b, c, k}, Profiles.cmyk());
    Path file = Files.write(directory.resolve("press.jpg"), bytes);
    List<String> warnings = new ArrayList<>();
    assertColour(read(file, warnings), 2, red, green, blue);
    assertThat(warnings).isEmpty();
  }

  /** Red is (1 - C)(1 - K) and so on, with what is stored standing for 1 - C. */
  @ParameterizedTest
  @CsvSource({"0, 200, 100, 50", "2, 131, 170, 74"})
  void readsInksPlainlyWhereTheirProfileIsBroken(int transform, int a, int b, int c)
      throws IOException {
    byte[] bytes =
        ProfiledFiles.fourChannelJpeg(transform, new int[] {a, b, c, 204}, new byte[300]);
    Path file = Files.write(directory.resolve("press.jpg"), bytes);
    List<String> warnings = new ArrayList<>();
    assertColour(read(file, warnings), 3, 160, 80, 40);
    assertThat(warnings).hasSize(1);
  }

  /** PIL's test picture: CMYK made from RGB as C = 1 - R without black, hence back without loss. */
  @Test
  void readsACmykJpegWithoutAProfile() {
    List<String> warnings = new ArrayList<>();
    Image image = read(TestPictures.file("formats/cmyk.jpg"), warnings);
    assertThat(warnings).isEmpty();
    Image upright = Images.read(TestPictures.file("exif/upright.png"));
    assertThat(TestPictures.largestDifference(image, upright)).isLessThanOrEqualTo(8);
  }
}
