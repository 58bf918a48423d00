package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.NstException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every input that is no good is refused with one sentence that names it and says what to do. */
class ImagesRefusalTest {
  private static final PictureLimits ROOMY = new PictureLimits(250_000_000, Long.MAX_VALUE);

  @TempDir private Path directory;

  @Test
  void refusesAMissingFile() {
    assertThatReading(directory.resolve("none.png")).endsWith("does not exist; check the path.");
  }

  @Test
  void refusesADirectory() {
    assertThatReading(directory)
        .endsWith("is a directory, not a picture; name a file inside of it.");
  }

  @Test
  void refusesADevice() {
    Path device = Path.of("/dev/zero");
    assumeTrue(Files.exists(device));
    assertThatReading(device).contains("is a device or a pipe");
  }

  @Test
  void refusesAnUnreadableFile() throws IOException {
    Path file = file("secret.png", Files.readAllBytes(TestPictures.file("formats/rgb.png")));
    assumeTrue(file.toFile().setReadable(false, false));
    assumeFalse(Files.isReadable(file), "the super-user may read everything");
    assertThatReading(file).endsWith("may not be read by this user; change its permissions.");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    assertThatReading(file("empty.jpg", new byte[0]))
        .endsWith("is empty (0 bytes); fetch or export it again.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "This is no picture, whatever its name says.\n", "\0\0\0\0\0\0\0\0"})
  void refusesWhatIsNotAPicture(String content) throws IOException {
    assertThatReading(file("text.jpg", content.getBytes(StandardCharsets.UTF_8)))
        .endsWith(
            "is not a picture that can be read here; give a file of one of these formats: JPEG,"
                + " PNG, TIFF, BMP, WebP, GIF.");
  }

  @Test
  void namesFormatsThatItCannotRead() throws IOException {
    byte[] heif = "\0\0\0\u0018ftypheic\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThatReading(file("phone.heic", heif)).contains("is in the HEIF format");
    byte[] avif = "\0\0\0\u0018ftypavif\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThatReading(file("web.avif", avif)).contains("is in the AVIF format");
  }

  @ParameterizedTest
  @CsvSource({"blocks.jpg, 2", "blocks.jpg, 20", "blocks-progressive.jpg, 2"})
  void refusesATruncatedJpegThatImageIoWouldHalfDecode(String name, int missing)
      throws IOException {
    byte[] sound = Files.readAllBytes(TestPictures.file("formats/" + name));
    assertThatReading(file("cut.jpg", Arrays.copyOf(sound, sound.length - missing)))
        .endsWith("is cut short: its data end before the picture does; fetch or export it again.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.png",
        "palette.png",
        "palette.gif",
        "rgb.bmp",
        "rgb.tif",
        "blocks-grey.jpg",
        "rgb.webp"
      })
  void refusesEveryTruncationThatLosesPixels(String name) throws IOException {
    Path whole = TestPictures.file("formats/" + name);
    byte[] sound = Files.readAllBytes(whole);
    Image picture = Images.read(whole);
    for (int length = 1; length < sound.length; length++) {
      Path file = file("cut", Arrays.copyOf(sound, length));
      Throwable refusal = catchThrowable(() -> assertSame(Images.read(file), picture));
      if (refusal != null) {
        assertOneSentence(file, refusal);
      }
    }
  }

  private static void assertSame(Image actual, Image expected) {
    assertThat(actual.toChw()).isEqualTo(expected.toChw());
  }

  @Test
  void refusesGiganticPicturesByTheirHeaderAlone() throws IOException {
    assertThatReading(file("bomb.png", png(100_000, 90_000, 0)))
        .endsWith(
            "has 100000x90000 pixels (9000 megapixels), but the limit is 250 megapixels; make it"
                + " smaller.");
    assertThat(Images.dimensions(directory.resolve("bomb.png")))
        .isEqualTo(new Dimensions(100_000, 90_000));
  }

  @Test
  void refusesPicturesThatTheHeapCannotHold() throws IOException {
    Path bomb = file("bomb.png", png(5_000, 5_000, 5_000 * 5_001));
    assertThat(Files.size(bomb)).isLessThan(30_000);
    PictureReader reader = new PictureReader(new PictureLimits(250_000_000, 64 << 20));
    assertThatRefusal(bomb, catchThrowable(() -> reader.read(bomb, UnaryOperator.identity())))
        .endsWith(
            "of 5000x5000 pixels needs about 358 MiB of memory, but this JVM may use 64 MiB;"
                + " make it smaller or raise the limit with -Xmx.");
  }

  @Test
  void refusesToEnlargeAPictureBeyondTheLimits() throws IOException {
    Path strip = directory.resolve("strip.png");
    Images.write(TestPictures.plain(2000, 1, 1, 2, 3), strip);
    assertThatRefusal(strip, catchThrowable(() -> Images.read(strip, 1000)))
        .contains("resized, has 2000000x1000 pixels");
    assertThatRefusal(strip, catchThrowable(() -> Images.read(strip, 2_000_000)))
        .contains("would be 4000000000 pixels long");
  }

  @Test
  void reportsThatMemoryRanOut() {
    Path file = Path.of("large.png");
    assertThatRefusal(file, ROOMY.outOfMemory(file, new OutOfMemoryError("test")))
        .startsWith("Memory ran out while reading the picture 'large.png'");
  }

  private AbstractStringAssert<?> assertThatReading(Path file) {
    Throwable refusal = catchThrowable(() -> Images.read(file));
    assertThat(catchThrowable(() -> Images.read(file, 64))).hasMessage(refusal.getMessage());
    return assertThatRefusal(file, refusal);
  }

  private static AbstractStringAssert<?> assertThatRefusal(Path file, Throwable refusal) {
    assertOneSentence(file, refusal);
    return assertThat(refusal.getMessage());
  }

  private static void assertOneSentence(Path file, Throwable refusal) {
    assertThat(refusal).isInstanceOf(NstException.class);
    assertThat(refusal.getMessage())
        .contains("'" + file + "'")
        .contains("; ")
        .endsWith(".")
        .doesNotContain("\n");
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  /** A grey PNG that declares a size and holds that many zeros, compressed. */
  private static byte[] png(int width, int height, int zeros) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(0x89504e470d0a1a0aL);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 0, 0, 0, 0});
    chunk(out, "IHDR", header.toByteArray());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      byte[] block = new byte[1 << 16];
      for (int left = zeros; left > 0; left -= block.length) {
        deflater.write(block, 0, Math.min(left, block.length));
      }
    }
    chunk(out, "IDAT", data.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }
}
