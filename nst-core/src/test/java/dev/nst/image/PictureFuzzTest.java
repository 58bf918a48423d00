package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever is done to a file's bytes, reading it gives a picture or a refusal, nothing else. */
class PictureFuzzTest {
  /** Damage may declare any size; small limits keep the test from decoding black deserts. */
  private static final PictureReader READER =
      new PictureReader(new PictureLimits(1_000_000, 64 << 20));

  /** Headers, where a changed byte matters most, lie within the first bytes. */
  private static final int HEADER_BYTES = 80;

  private Path file;

  /** Sets one byte; positions count from the start, modulo the length. */
  private record Change(int position, byte value) {
    void applyTo(byte[] bytes) {
      bytes[position % bytes.length] = value;
    }
  }

  @BeforeProperty
  void createFile() throws IOException {
    file = Files.createTempFile("nst-fuzz", "");
  }

  @AfterProperty
  void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 2000, shrinking = ShrinkingMode.BOUNDED)
  void damagedFilesGiveAPictureOrARefusal(
      @ForAll("samples") String sample, @ForAll("changes") List<Change> changes)
      throws IOException {
    byte[] bytes = Files.readAllBytes(TestPictures.file(sample));
    changes.forEach(change -> change.applyTo(bytes));
    assertPictureOrRefusal(bytes);
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.BOUNDED)
  void truncatedAndDamagedFilesGiveAPictureOrARefusal(
      @ForAll("samples") String sample,
      @ForAll("positions") int length,
      @ForAll("changes") List<Change> changes)
      throws IOException {
    byte[] whole = Files.readAllBytes(TestPictures.file(sample));
    byte[] bytes = Arrays.copyOf(whole, 1 + length % whole.length);
    changes.forEach(change -> change.applyTo(bytes));
    assertPictureOrRefusal(bytes);
  }

  private void assertPictureOrRefusal(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      Image image = READER.read(file, UnaryOperator.identity());
      assertThat(image.dimensions()).isEqualTo(READER.dimensions(file));
    } catch (NstException refusal) {
      assertThat(refusal).hasMessageContaining("'" + file + "'");
    }
  }

  @Provide
  Arbitrary<String> samples() {
    return Arbitraries.of(
        "formats/rgb.png",
        "formats/rgba.png",
        "formats/palette-transparent.png",
        "formats/grey16.png",
        "formats/blocks.jpg",
        "formats/blocks-progressive.jpg",
        "formats/blocks-grey.jpg",
        "formats/profile.jpg",
        "exif/orientation-6.jpg",
        "exif/orientation-6.png",
        "formats/palette.gif",
        "formats/rgb.bmp",
        "formats/rgb-lzw.tiff",
        "exif/orientation-8.tif",
        "formats/rgba.tif",
        "formats/profile.tif",
        "formats/cmyk.jpg",
        "formats/rgb.webp");
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Byte> values =
        Arbitraries.oneOf(Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) 0xff, (byte) 0x7f));
    return Combinators.combine(positions(), values).as(Change::new).list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(0, HEADER_BYTES - 1),
        Arbitraries.integers().between(0, 4095));
  }
}
