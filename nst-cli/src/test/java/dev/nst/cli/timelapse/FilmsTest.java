package dev.nst.cli.timelapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.NstException;
import dev.nst.cli.watch.TestRun;
import dev.nst.image.Dimensions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilmsTest {

  @TempDir Path directory;

  private static BufferedImage frame(int width, int height, int number) {
    return TestRun.picture(width, height, number).toBufferedImage();
  }

  private Path write(FilmFormat format, int width, int height, int rate, int... shown)
      throws IOException {
    Path file = directory.resolve("film");
    try (Film film = format.open(file, new Dimensions(width, height), rate)) {
      for (int i = 0; i < shown.length; i++) {
        film.add(frame(width, height, i), shown[i]);
      }
      film.finish();
    }
    return file;
  }

  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(
        0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
  }

  @ParameterizedTest
  @CsvSource({"33, 47, 20, 5", "32, 32, 50, 2", "1, 1, 1, 100", "64, 17, 30, 3"})
  void aGifHasItsFramesAndTheirTimes(int width, int height, int rate, int delay)
      throws IOException {
    Path file = write(FilmFormat.GIF, width, height, rate, 1, 1, 40);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertThat(reader.getNumImages(true)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        assertThat(delay(reader, i)).isEqualTo(i == 2 ? 40 * delay : delay);
        assertThat(difference(reader.read(i), frame(width, height, i))).isLessThan(6);
      }
    } finally {
      reader.dispose();
    }
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .startsWith("GIF89a")
        .containsOnlyOnce("NETSCAPE2.0\u0003\u0001\0\0\0");
  }

  private static int delay(ImageReader reader, int frame) throws IOException {
    IIOMetadataNode root =
        (IIOMetadataNode) reader.getImageMetadata(frame).getAsTree("javax_imageio_gif_image_1.0");
    IIOMetadataNode control =
        (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
    return Integer.parseInt(control.getAttribute("delayTime"));
  }

  /** The mean difference of samples. */
  private static double difference(BufferedImage a, BufferedImage b) {
    int[] left = pixels(a);
    int[] right = pixels(b);
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      for (int shift = 0; shift <= 16; shift += 8) {
        sum += Math.abs((left[i] >> shift & 0xff) - (right[i] >> shift & 0xff));
      }
    }
    return sum / (3 * left.length);
  }

  /** A chunk of a PNG. */
  private record Chunk(String type, ByteBuffer body) {}

  /** Takes a PNG apart, and checks the sum of every chunk. */
  private static List<Chunk> chunks(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    assertThat(bytes.getLong()).isEqualTo(0x89504E470D0A1A0AL);
    List<Chunk> chunks = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int length = bytes.getInt();
      CRC32 crc = new CRC32();
      crc.update(png, bytes.position(), 4 + length);
      String type = new String(png, bytes.position(), 4, StandardCharsets.US_ASCII);
      chunks.add(new Chunk(type, ByteBuffer.wrap(png, bytes.position() + 4, length).slice()));
      bytes.position(bytes.position() + 4 + length);
      assertThat(bytes.getInt()).as(type).isEqualTo((int) crc.getValue());
    }
    return chunks;
  }

  private static void append(ByteArrayOutputStream out, String type, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + body.length);
    chunk.putInt(body.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + body.length);
    out.writeBytes(chunk.putInt((int) crc.getValue()).array());
  }

  /** Makes a frame's data a PNG of its own, which ImageIO decodes. */
  private static BufferedImage decode(Chunk header, byte[] data) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(ByteBuffer.allocate(8).putLong(0x89504E470D0A1A0AL).array());
    append(png, "IHDR", body(header, 0));
    append(png, "IDAT", data);
    append(png, "IEND", new byte[0]);
    return ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
  }

  private static byte[] body(Chunk chunk, int from) {
    byte[] bytes = new byte[chunk.body().limit() - from];
    chunk.body().get(from, bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void anApngHasItsFramesUnchanged(int frames) throws IOException {
    int[] shown = new int[frames];
    Arrays.fill(shown, 1);
    shown[frames - 1] = 40;
    Path file = write(FilmFormat.APNG, 33, 47, 20, shown);
    List<Chunk> chunks = chunks(Files.readAllBytes(file));
    assertThat(chunks.get(0).type()).isEqualTo("IHDR");
    assertThat(chunks.get(1).type()).isEqualTo("acTL");
    assertThat(chunks.get(1).body().getInt(0)).isEqualTo(frames);
    assertThat(chunks.get(1).body().getInt(4)).as("without end").isZero();
    assertThat(chunks).hasSize(2 + 2 * frames + 1);
    int sequence = 0;
    for (int i = 0; i < frames; i++) {
      Chunk control = chunks.get(2 + 2 * i);
      Chunk data = chunks.get(3 + 2 * i);
      assertThat(control.type()).isEqualTo("fcTL");
      assertThat(control.body().getInt(0)).isEqualTo(sequence++);
      assertThat(control.body().getInt(4)).isEqualTo(33);
      assertThat(control.body().getInt(8)).isEqualTo(47);
      assertThat(control.body().getShort(20)).isEqualTo((short) shown[i]);
      assertThat(control.body().getShort(22)).isEqualTo((short) 20);
      assertThat(data.type()).isEqualTo(i == 0 ? "IDAT" : "fdAT");
      if (i > 0) {
        assertThat(data.body().getInt(0)).isEqualTo(sequence++);
      }
      BufferedImage decoded = decode(chunks.get(0), body(data, i == 0 ? 0 : 4));
      assertThat(pixels(decoded)).isEqualTo(pixels(frame(33, 47, i)));
    }
    assertThat(chunks.get(chunks.size() - 1).type()).isEqualTo("IEND");
    assertThat(pixels(ImageIO.read(file.toFile())))
        .as("what a reader of plain PNG shows")
        .isEqualTo(pixels(frame(33, 47, 0)));
  }

  @Test
  void anMp4HasItsFrames() throws Exception {
    assumeTrue(runs("ffmpeg") && runs("ffprobe"), "ffmpeg and ffprobe are not on this machine");
    Path file = write(FilmFormat.MP4, 65, 49, 20, 1, 1, 40);
    assertThat(probe(file)).isEqualTo("h264,64,48,yuv420p,42");
  }

  /** Ctrl-C reaches every process of a terminal's job, and ffmpeg then ends by itself. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anMp4IsAFilmOfWhatThereWasWhenCtrlCEndsFfmpeg() throws Exception {
    assumeTrue(runs("ffmpeg") && runs("ffprobe"), "ffmpeg and ffprobe are not on this machine");
    Path file = directory.resolve("film");
    Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
    try (Film film = FilmFormat.MP4.open(file, new Dimensions(64, 48), 20)) {
      ProcessHandle ffmpeg =
          ProcessHandle.current()
              .children()
              .filter(p -> !before.contains(p))
              .findFirst()
              .orElseThrow();
      // So many that the pipe holds a tenth of them: it reads them, so it is up and running.
      film.add(frame(64, 48, 0), 100);
      new ProcessBuilder("kill", "-INT", Long.toString(ffmpeg.pid())).start().waitFor();
      film.add(frame(64, 48, 1), 100);
      film.finish();
    }
    assertThat(probe(file)).matches("h264,64,48,yuv420p,[1-9]\\d+");
  }

  private static String probe(Path file) throws IOException {
    Process probe =
        new ProcessBuilder(
                ("ffprobe -v error -count_frames -select_streams v:0 -of csv=p=0"
                        + " -show_entries stream=codec_name,width,height,pix_fmt,nb_read_frames "
                        + file)
                    .split(" "))
            .redirectErrorStream(true)
            .start();
    return new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static boolean runs(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "-version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void anMp4IsRefusedWithoutFfmpeg() {
    assertThatThrownBy(() -> Mp4Film.requireFfmpeg("no-ffmpeg-here"))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "--timelapse: an .mp4 needs the program no-ffmpeg-here, which is not on this machine;"
                + " install it, or name a .gif or .png.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"film", "film.webm", "film.jpg", "gif", "film.gif.txt", "/"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> FilmFormat.of(Path.of(name)))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("let it end with .gif, .png, .apng or .mp4.");
  }

  @Test
  void theExtensionDecidesWhateverItsCase() {
    assertThat(FilmFormat.of(Path.of("a.GIF"))).isEqualTo(FilmFormat.GIF);
    assertThat(FilmFormat.of(Path.of("a.gif.Png"))).isEqualTo(FilmFormat.APNG);
    assertThat(FilmFormat.of(Path.of("a.apng"))).isEqualTo(FilmFormat.APNG);
    assertThat(FilmFormat.of(Path.of("a.mp4"))).isEqualTo(FilmFormat.MP4);
  }
}
