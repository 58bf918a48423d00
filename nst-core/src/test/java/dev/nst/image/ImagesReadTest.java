package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesReadTest {
  /**
   * JPEG decoders and colour conversions need not agree to the last bit; the JPEG files hold flat
   * blocks, which survive compression almost unchanged.
   */
  private static final int TOLERANCE = 3;

  private static final String EXPECTED = ".expected.png";

  @TempDir private Path directory;

  static List<Path> pictures() throws IOException {
    try (Stream<Path> files = Files.list(TestPictures.file("formats"))) {
      return files
          .filter(file -> !file.toString().endsWith(EXPECTED))
          .filter(file -> Files.exists(Path.of(file + EXPECTED)))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void showsWhatPilShows(Path file) throws IOException {
    Image expected = Image.fromBufferedImage(ImageIO.read(Path.of(file + EXPECTED).toFile()));
    String name = file.getFileName().toString();
    boolean inexact = name.startsWith("blocks") || name.startsWith("profile");
    assertThat(TestPictures.largestDifference(Images.read(file).onWhite(), expected))
        .isLessThanOrEqualTo(inexact ? TOLERANCE : 0);
    assertThat(Images.dimensions(file)).isEqualTo(expected.dimensions());
  }

  @Test
  void hasSeenEveryKindOfPicture() throws IOException {
    assertThat(pictures()).hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orientation-1.jpg",
        "orientation-2.jpg",
        "orientation-3.jpg",
        "orientation-4.jpg",
        "orientation-5.jpg",
        "orientation-6.jpg",
        "orientation-7.jpg",
        "orientation-8.jpg",
        "orientation-6.png",
        "orientation-8.tif"
      })
  void turnsPicturesUprightByTheirExifOrientation(String name) {
    Path file = TestPictures.file("exif/" + name);
    Image upright = Images.read(TestPictures.file("exif/upright.png"));
    assertThat(Images.dimensions(file)).isEqualTo(upright.dimensions());
    assertThat(TestPictures.largestDifference(Images.read(file), upright))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"8, 12, 8", "5, 7, 5", "16, 24, 16", "33, 49, 33"})
  void resizesWhileReadingAsItDoesAfterwards(int shortEdge, int width, int height) {
    Path file = TestPictures.file("exif/orientation-6.jpg");
    Image resized = Images.read(file, shortEdge);
    assertThat(resized.dimensions()).isEqualTo(new Dimensions(width, height));
    assertThat(resized.toChw()).isEqualTo(Resize.shortEdge(Images.read(file), shortEdge).toChw());
  }

  @Test
  void refusesAShortEdgeBelowOne() {
    Path file = TestPictures.file("exif/upright.png");
    assertThatIllegalArgumentException().isThrownBy(() -> Images.read(file, 0));
  }

  @Test
  void readsFromOtherFileSystems() throws IOException {
    URI zip = URI.create("jar:" + directory.resolve("pictures.zip").toUri());
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = files.getPath("/rgb.png");
      Image image = TestPictures.draw(9, 8).toImage();
      Images.write(image, inside);
      assertThat(Images.read(inside).toChw()).isEqualTo(image.toChw());
    }
  }

  @Test
  void ignoresADamagedExifBlock() throws IOException {
    byte[] sound = Files.readAllBytes(TestPictures.file("exif/orientation-6.jpg"));
    Image stored = null;
    for (int at = 30; at < 60; at++) {
      byte[] damaged = sound.clone();
      damaged[at] ^= (byte) 0xff;
      Path file = Files.write(directory.resolve("damaged.jpg"), damaged);
      Image image = Images.read(file);
      if (image.width() < image.height()) {
        stored = image;
      }
    }
    assertThat(stored).as("the picture as stored, its tag destroyed").isNotNull();
  }
}
