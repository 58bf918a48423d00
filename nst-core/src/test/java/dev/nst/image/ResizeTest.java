package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeTest {
  private static final Pattern GOLDEN = Pattern.compile("(\\d+)x(\\d+)-to-(\\d+)x(\\d+)\\.png");

  static List<Path> goldenPictures() throws IOException {
    try (Stream<Path> files = Files.list(TestPictures.file("resize"))) {
      return files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("goldenPictures")
  void equalsThePictureThatPilMade(Path golden) {
    Matcher name = GOLDEN.matcher(golden.getFileName().toString());
    assertThat(name.matches()).isTrue();
    int[] sizes = new int[4];
    Arrays.setAll(sizes, i -> Integer.parseInt(name.group(i + 1)));

    Image source = TestPictures.draw(sizes[0], sizes[1]).toImage();
    Image resized = Resize.bilinear(source, sizes[2], sizes[3]);

    assertThat(TestPictures.largestDifference(resized, Images.read(golden))).isZero();
  }

  @Test
  void equalsPilBitForBitAtManySizes() throws IOException, NoSuchAlgorithmException {
    List<String> different = new ArrayList<>();
    List<String> lines = Files.readAllLines(TestPictures.file("resize/digests.csv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",");
      int[] sizes = Arrays.stream(columns, 0, 4).mapToInt(Integer::parseInt).toArray();
      Pixels source = TestPictures.draw(sizes[0], sizes[1]);
      Pixels resized = Resize.resize(source, new Dimensions(sizes[2], sizes[3]));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(samples(resized));
      if (!HexFormat.of().formatHex(digest).equals(columns[4])) {
        different.add(line);
      }
    }
    assertThat(lines).hasSizeGreaterThan(200);
    assertThat(different).isEmpty();
  }

  private static byte[] samples(Pixels picture) {
    byte[] samples = new byte[picture.channels() * picture.width() * picture.height()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) picture.get(i);
    }
    return samples;
  }

  @Property(tries = 200)
  void leavesAConstantPictureConstant(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 90) int toWidth,
      @ForAll @IntRange(min = 1, max = 90) int toHeight,
      @ForAll @IntRange(min = 0, max = 255) int grey) {
    Image source = TestPictures.plain(width, height, grey, 255 - grey, grey / 2);
    Image resized = Resize.bilinear(source, toWidth, toHeight);
    Image expected = TestPictures.plain(toWidth, toHeight, grey, 255 - grey, grey / 2);
    assertThat(TestPictures.largestDifference(resized, expected)).isZero();
  }

  @Property(tries = 200)
  void staysWithinTheRangeOfThePicture(
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 120) int toWidth,
      @ForAll @IntRange(min = 1, max = 120) int toHeight) {
    float[] values = TestPictures.draw(width, height).toImage().toChw();
    for (int i = 0; i < values.length; i++) {
      values[i] = (50 + Math.round(values[i] * 100)) / 255f;
    }
    Image resized = Resize.bilinear(Image.of(width, height, values), toWidth, toHeight);
    for (float value : resized.toChw()) {
      assertThat(value).isBetween(50 / 255f, 150 / 255f);
    }
  }

  @Property(tries = 100)
  void aPictureThatFitsIsLeftAsItIs(
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 60) int height) {
    Image source = TestPictures.draw(width, height).toImage();
    assertThat(Resize.bilinear(source, width, height)).isSameAs(source);
    assertThat(Resize.shortEdge(source, Math.min(width, height))).isSameAs(source);
  }

  @Property(tries = 100)
  void transposingAndResizingCommuteUpToRounding(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int toWidth,
      @ForAll @IntRange(min = 1, max = 40) int toHeight) {
    Image source = TestPictures.draw(width, height).toImage();
    Image one = transposed(Resize.bilinear(source, toWidth, toHeight));
    Image other = Resize.bilinear(transposed(source), toHeight, toWidth);
    assertThat(TestPictures.largestDifference(one, other)).isLessThanOrEqualTo(1);
  }

  private static Image transposed(Image image) {
    return BufferedImages.toPixels(
            image.toBufferedImage(), FileColours.unknown(), Orientation.LEFT_TOP)
        .toImage();
  }

  @ParameterizedTest
  @CsvSource({
    "640, 427, 512, 767, 512", // 767.37 is cut off, not rounded
    "427, 640, 512, 512, 767",
    "1000, 999, 512, 512, 512",
    "1024, 768, 768, 1024, 768",
    "333, 1000, 256, 256, 768",
    "1, 7, 32, 32, 224",
    "5, 5, 3, 3, 3",
    "2000, 3, 2, 1333, 2",
  })
  void followsTorchvisionsRuleForTheLongerEdge(
      int width, int height, int size, int toWidth, int toHeight) {
    assertThat(Resize.shortEdgeDimensions(width, height, size))
        .isEqualTo(new Dimensions(toWidth, toHeight));
  }

  @Test
  void cutsOffWhatLiesOutsideOfTheRange() {
    Image source = Image.of(2, 1, new float[] {-3, 5, Float.NaN, 1, 0.5f, 0.5f});
    float half = 32768 / 65535f;
    assertThat(Resize.bilinear(source, 2, 2).toChw())
        .containsExactly(0, 1, 0, 1, 0, 1, 0, 1, half, half, half, half);
  }

  @Test
  void refusesSizesBelowOne() {
    Image source = TestPictures.plain(4, 4, 1, 2, 3);
    assertThatIllegalArgumentException().isThrownBy(() -> Resize.bilinear(source, 0, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> Resize.bilinear(source, 4, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Resize.shortEdge(source, 0));
  }

  @Test
  void refusesGiganticResults() {
    Image strip = TestPictures.plain(4000, 1, 1, 2, 3);
    assertThatThrownBy(() -> Resize.shortEdge(strip, 512))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "The resized picture has 2048000x512 pixels (1048 megapixels), but the limit is 250"
                + " megapixels; make it smaller.");
    assertThatThrownBy(() -> Resize.shortEdgeDimensions(1, Integer.MAX_VALUE, 2))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("4294967294 pixels long");
  }
}
