package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Backends;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Files that cannot be used: exit status 1, one clear sentence, and nothing overwritten. */
class BadInputTest {

  @TempDir Path directory;
  private TestShell shell;
  private Path photo;
  private Path output;

  @BeforeEach
  void drawPictures() throws IOException {
    shell = new TestShell(directory);
    photo = TestPictures.photo(directory.resolve("photo.png"));
    output = Files.writeString(directory.resolve("result.png"), "precious");
  }

  private int stylize(Path content, Path target, String... more) {
    String[] arguments = {
      "stylize", "--content=" + content, "--style=" + photo, "--output=" + target
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return shell.run(all);
  }

  private void assertRefused(int status, String... words) {
    assertThat(status).isEqualTo(1);
    assertThat(shell.err())
        .startsWith("nst: ")
        .contains(words)
        .endsWith(".\n")
        .doesNotContain("Exception");
    assertThat(shell.err().lines()).hasSize(1);
    assertThat(output).hasContent("precious");
  }

  private void assertContentRefused(Path content) {
    assertRefused(stylize(content, output, "--weights=builtin"), content.getFileName().toString());
  }

  /** The weights do not exist: masks are looked at before. */
  private void assertMasksRefused(Path contentMask, Path styleMask, String... words) {
    shell = new TestShell(directory);
    assertRefused(
        stylize(
            photo,
            output,
            "--weights=gone.safetensors",
            "--content-mask=" + contentMask,
            "--style-mask=" + styleMask),
        words);
  }

  @Test
  void refusesMasksThatDoNotFit() throws IOException {
    Path mask = TestPictures.mask(directory.resolve("mask.png"), 48, 40, 0xFF0000, 0xFF);
    Path high = TestPictures.mask(directory.resolve("high.png"), 40, 48, 0xFF0000, 0xFF);
    Path green = TestPictures.mask(directory.resolve("green.png"), 48, 40, 0xFF00, 0xFF);
    assertMasksRefused(high, mask, "content mask has 40x48 pixels", "proportions");
    assertMasksRefused(mask, high, "style mask has 40x48 pixels", "proportions");
    assertMasksRefused(mask, green, "#0000ff, #ff0000", "#0000ff, #00ff00", "same colours");
    assertMasksRefused(photo, mask, "content mask has more colours than regions");
    assertMasksRefused(directory.resolve("gone.png"), mask, "gone.png");
    Path text = Files.writeString(directory.resolve("text.png"), "no picture");
    assertMasksRefused(mask, text, "text.png");
  }

  @Test
  void refusesMasksWithAStyleFormThatHasNoRegions() {
    Path mask = TestPictures.mask(directory.resolve("mask.png"), 48, 40, 0xFF0000, 0xFF);
    assertRefused(
        stylize(
            photo,
            output,
            "--weights=gone.safetensors",
            "--recipe=crowsonkb",
            "--content-mask=" + mask,
            "--style-mask=" + mask),
        "wasserstein takes no masks");
  }

  @Test
  void refusesAPictureThatIsNotThere() {
    assertContentRefused(directory.resolve("gone.jpg"));
  }

  @Test
  void refusesSixteenBitsForAJpegBeforeTheRun() {
    assertRefused(
        stylize(photo, directory.resolve("deep.jpg"), "--weights=builtin", "--bit-depth=16"),
        "deep.jpg",
        "cannot have 16 bits a channel because JPEG holds 8");
  }

  @Test
  void saysThatWebpIsReadButNotWritten() {
    assertRefused(
        stylize(photo, directory.resolve("result.webp"), "--weights=builtin"),
        "result.webp",
        "WebP and GIF can be read here, but not written");
  }

  @Test
  void refusesADirectory() {
    assertContentRefused(directory);
  }

  @Test
  void refusesATextThatIsCalledAPicture() throws IOException {
    assertContentRefused(Files.writeString(directory.resolve("text.png"), "no picture at all"));
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    assertContentRefused(Files.createFile(directory.resolve("empty.jpg")));
  }

  @Test
  void refusesATruncatedPicture() throws IOException {
    byte[] whole = Files.readAllBytes(photo);
    Path half = directory.resolve("half.png");
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));
    assertContentRefused(half);
  }

  @Test
  void refusesAGiganticPicture() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(33);
    header.putLong(0x89504E470D0A1A0AL).putInt(13);
    header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(900_000).putInt(900_000);
    header.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array(), 12, 17);
    header.putInt((int) crc.getValue());
    assertContentRefused(Files.write(directory.resolve("gigantic.png"), header.array()));
  }

  @Test
  @Timeout(20)
  void refusesASizeThatMemoryDoesNotAllow() {
    assertRefused(
        stylize(photo, output, "--weights=builtin", "--size=9000"),
        "10800x9000",
        "the largest that fits is about ",
        "-Xmx");
  }

  @Test
  void refusesASizeBeyondAllMeasure() {
    assertRefused(stylize(photo, output, "--weights=builtin", "--size=2000000000"), "smaller");
  }

  @Test
  void refusesAnOutputInNoDirectory() {
    Path lost = directory.resolve("no/such/place/out.png");
    assertRefused(stylize(photo, lost, "--weights=builtin"), "directory");
  }

  @Test
  void refusesAnOutputThatIsADirectory() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder.png"));
    assertRefused(stylize(photo, folder, "--weights=builtin"), "folder.png");
  }

  @Test
  void refusesAnOutputThatIsTheRoot() {
    Path root = directory.getRoot();
    assertRefused(stylize(photo, root, "--weights=builtin", "--save-every=2"), "is a directory");
  }

  @Test
  void refusesADemoThatGoesToTheRoot() {
    assertRefused(shell.run("demo", "--output=" + directory.getRoot()), "is a directory");
  }

  @Test
  void refusesAnOutputOfUnknownFormat() {
    assertRefused(stylize(photo, directory.resolve("out.xyz"), "--weights=builtin"), ".png");
    assertThat(directory.resolve("out.xyz")).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void refusesAnOutputThatMayNotBeWritten() throws IOException {
    Path locked = Files.createDirectory(directory.resolve("locked"));
    assumeTrue(locked.toFile().setWritable(false));
    assumeTrue(!Files.isWritable(locked), "this user may write anywhere");
    assertRefused(stylize(photo, locked.resolve("out.png"), "--weights=builtin"), "locked");
  }

  @Test
  void refusesATraceInNoDirectory() {
    assertRefused(
        stylize(photo, output, "--weights=builtin", "--trace=" + directory.resolve("no/trace")),
        "--trace");
  }

  @Test
  void refusesATraceThatIsADirectory() {
    assertRefused(stylize(photo, output, "--weights=builtin", "--trace=" + directory), "--trace");
  }

  @Test
  void refusesAReportInNoDirectory() {
    Path lost = directory.resolve("no/report.html");
    assertRefused(stylize(photo, output, "--weights=builtin", "--report=" + lost), "--report");
  }

  @Test
  void refusesAFilmOfUnknownFormat() {
    assertRefused(
        stylize(photo, output, "--weights=builtin", "--timelapse=film.webm"),
        "--timelapse",
        ".gif, .png, .apng or .mp4");
  }

  @Test
  void refusesAPreviewPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      // The weights are not asked for: nothing was done before.
      assertRefused(
          stylize(photo, output, "--weights=gone.safetensors", "--preview=" + port),
          "port " + port,
          "choose another port");
    }
  }

  @Test
  void refusesWeightsThatAreNotThere() {
    assertRefused(stylize(photo, output, "--weights=gone.safetensors"), "gone.safetensors");
  }

  @Test
  void refusesWeightsOfUnknownKind() {
    assertRefused(stylize(photo, output, "--weights=" + photo), "photo.png", ".safetensors");
  }

  @Test
  void refusesWeightsThatAreDamaged() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.safetensors"), "no tensors in here");
    assertRefused(stylize(photo, output, "--weights=" + broken), "broken.safetensors");
  }

  @Test
  void refusesWeightsWithoutTheTensorsOfVgg19() throws IOException {
    assertRefused(
        stylize(photo, output, "--weights=" + safetensors("features.0.bias", 64)),
        "features.0.weight");
  }

  @Test
  void refusesWeightsOfOtherShapes() throws IOException {
    assertRefused(
        stylize(photo, output, "--weights=" + safetensors("features.0.weight", 64)),
        "features.0.weight",
        "[64, 3, 3, 3]");
  }

  @Test
  void saysWhyABackendIsUnavailable() {
    assumeTrue(
        Backends.providers().stream()
            .anyMatch(
                provider ->
                    provider.name().equals("cuda") && provider.probe() instanceof Unavailable));
    assertRefused(stylize(photo, output, "--weights=builtin", "--backend=cuda"), "unavailable");
  }

  @Test
  void saysWhichPrecisionABackendHas() {
    assertRefused(
        stylize(photo, output, "--weights=builtin", "--backend=cpu", "--precision=BF16"),
        "'cpu' computes in fp32 only, not in bf16",
        "ask for fp32");
    assertThat(shell.run("bench", "--backend=cpu", "--precision=fp16")).isEqualTo(1);
    assertThat(shell.err()).contains("fp32 only, not in fp16");
    Path drawn = directory.resolve("drawn.png");
    assertThat(shell.run("demo", "--output=" + drawn, "--backend=cpu", "--precision=tf32"))
        .isEqualTo(1);
    assertThat(shell.err()).contains("fp32 only, not in tf32");
    assertThat(drawn).doesNotExist();
  }

  @Test
  void showsAStackTraceOnlyWhenAsked() {
    try {
      stylize(directory.resolve("gone.png"), output, "--verbose");
      assertThat(shell.err()).contains("NstException").contains("\tat dev.nst.");
    } finally {
      // The log of this JVM belongs to the other tests, too.
      ((Logger) LoggerFactory.getLogger("dev.nst")).setLevel(null);
    }
  }

  @Test
  void refusesToInspectWhatHoldsNoWeights() {
    assertRefused(shell.run("weights", "info", photo.toString()), "photo.png");
  }

  @Test
  void refusesToConvertWhatIsNoCheckpoint() {
    Path target = directory.resolve("out.safetensors");
    assertRefused(
        shell.run("weights", "convert", photo.toString(), target.toString()), "photo.png");
    assertThat(target).doesNotExist();
  }

  /** Writes a safetensors file with one tensor of zeros. */
  private Path safetensors(String name, int length) throws IOException {
    String header =
        "{\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(name, length, 4 * length);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 4 * length);
    bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    return Files.write(directory.resolve("one.safetensors"), bytes.array());
  }
}
