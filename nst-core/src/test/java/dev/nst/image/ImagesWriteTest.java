package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesWriteTest {
  private static final Image PICTURE = TestPictures.draw(19, 13).toImage();

  /** libjpeg's limit is 65500. */
  private static final Image TOO_WIDE_FOR_JPEG = TestPictures.plain(65_501, 1, 1, 2, 3);

  @TempDir private Path directory;

  @Property(tries = 60)
  void aPngComesBackExactly(
      @ForAll @IntRange(min = 1, max = 80) int width,
      @ForAll @IntRange(min = 1, max = 80) int height)
      throws IOException {
    Path file = Files.createTempFile("nst", ".png");
    try {
      Image image = TestPictures.draw(width, height).toImage();
      Images.write(image, file);
      assertThat(Images.read(file).toChw()).isEqualTo(image.toChw());
    } finally {
      Files.delete(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "A.PNG", "a.b.bmp", "a.tif", "a.tiff"})
  void losslessFormatsComeBackExactly(String name) {
    Path file = directory.resolve(name);
    Images.write(PICTURE, file);
    assertThat(Images.read(file).toChw()).isEqualTo(PICTURE.toChw());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jpg", "a.jpeg", "A.JPG"})
  void aJpegComesBackAlmostExactly(String name) {
    Path file = directory.resolve(name);
    Image smooth =
        Resize.bilinear(
            Image.of(2, 2, new float[] {0, 1, .5f, .2f, 1, 0, 0, 1, 1, 1, 0, 0}), 64, 48);
    Images.write(smooth, file);
    assertThat(TestPictures.largestDifference(Images.read(file), smooth)).isBetween(1, 9);
  }

  @Test
  void cutsOffValuesOutsideOfTheRange() {
    Path file = directory.resolve("a.png");
    Images.write(Image.of(1, 1, new float[] {-7, 7, Float.NaN}), file);
    assertThat(Images.read(file).toChw()).containsExactly(0, 1, 0);
  }

  @Test
  void replacesAnExistingFileAndLeavesNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("a.png"), "old");
    Images.write(PICTURE, file);
    assertThat(Images.read(file).toChw()).isEqualTo(PICTURE.toChw());
    assertThat(filesIn(directory)).containsExactly(file);
  }

  @Test
  void aFailureLeavesTheExistingFileAndNothingElse() throws IOException {
    Path file = Files.writeString(directory.resolve("a.jpg"), "old");
    assertThatThrownBy(() -> Images.write(TOO_WIDE_FOR_JPEG, file))
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith(
            "The output '" + file + "' of 65501x1 pixels could not be written as JPEG (")
        .hasMessageEndingWith("; choose another place or format.");
    assertThat(file).hasContent("old");
    assertThat(filesIn(directory)).containsExactly(file);
  }

  @Test
  void followsASymbolicLink() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path real = Files.writeString(elsewhere.resolve("real.png"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link.png"), real);
    Images.write(PICTURE, link);
    assertThat(link).isSymbolicLink();
    assertThat(Images.read(real).toChw()).isEqualTo(PICTURE.toChw());
    assertThat(filesIn(elsewhere)).containsExactly(real);
  }

  @Test
  void givesTheFileTheUsersOrdinaryPermissions() throws IOException {
    assumeTrue(
        Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class));
    Path ordinary = Files.writeString(directory.resolve("ordinary.txt"), "");
    Path file = directory.resolve("a.png");
    Images.write(PICTURE, file);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
  }

  @Test
  void writesIntoTheWorkingDirectoryByABareName() {
    Images.checkWritable(Path.of("picture-that-is-not-made.png"));
  }

  @Test
  void checkingCreatesNothing() throws IOException {
    Images.checkWritable(directory.resolve("a.png"));
    assertThat(filesIn(directory)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"picture", "png", "picture.png.txt"})
  void refusesExtensionsThatItDoesNotKnow(String name) {
    Path file = directory.resolve(name);
    assertThatRefused(
        file,
        "The name of the output '%s' must end with one of these extensions: .jpg .jpeg .png .tif .tiff"
            + " .bmp.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"picture.gif", "picture.webp", "PICTURE.WEBP"})
  void saysOfFormatsThatItReadsThatItCannotWriteThem(String name) {
    assertThatRefused(
        directory.resolve(name),
        "The name of the output '%s' must end with one of these extensions: .jpg .jpeg .png .tif"
            + " .tiff .bmp (WebP and GIF can be read here, but not written).");
  }

  @Test
  void refusesADirectoryThatDoesNotExist() {
    Path file = directory.resolve("none").resolve("a.png");
    assertThatRefused(
        file,
        "The output '%s' needs the directory '"
            + directory.resolve("none")
            + "', which does not exist; create it or choose another place.");
  }

  @Test
  void refusesAPlaceBelowAFile() throws IOException {
    Path notADirectory = Files.writeString(directory.resolve("file"), "");
    Path file = notADirectory.resolve("a.png");
    assertThatRefused(
        file,
        "The output '%s' needs the directory '"
            + notADirectory
            + "', which does not exist; create it or choose another place.");
  }

  @Test
  void refusesADirectoryAsOutput() throws IOException {
    Path file = Files.createDirectory(directory.resolve("a.png"));
    assertThatRefused(file, "The output '%s' is a directory; name a file inside of it.");
  }

  @Test
  void refusesAReadOnlyDirectory() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    assumeTrue(closed.toFile().setWritable(false, false));
    assumeFalse(Files.isWritable(closed), "the super-user may write everywhere");
    assertThatRefused(
        closed.resolve("a.png"),
        "The output '%s' cannot be written because the directory '"
            + closed
            + "' is read-only for this user; change its permissions or choose another place.");
  }

  @Test
  void refusesAReadOnlyFile() throws IOException {
    Path file = Files.writeString(directory.resolve("a.png"), "old");
    assumeTrue(file.toFile().setWritable(false, false));
    assumeFalse(Files.isWritable(file), "the super-user may write everywhere");
    assertThatRefused(
        file,
        "The output '%s' exists and may not be overwritten; change its permissions or choose"
            + " another name.");
  }

  /** Both by the check before the run and by the writing itself. */
  private static void assertThatRefused(Path file, String message) {
    assertThatThrownBy(() -> Images.checkWritable(file))
        .isInstanceOf(NstException.class)
        .hasMessage(message, file);
    assertThatThrownBy(() -> Images.write(PICTURE, file))
        .isInstanceOf(NstException.class)
        .hasMessage(message, file);
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
