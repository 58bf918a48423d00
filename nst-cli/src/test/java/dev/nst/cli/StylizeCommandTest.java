package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StylizeCommandTest {

  private static final Pattern TRACE_LINE =
      Pattern.compile(
          "\\{\"iteration\":(\\d+),\"total\":([-.\\dE]+),\"content\":([-.\\dE]+),"
              + "\"style\":([-.\\dE]+),\"tv\":([-.\\dE]+),\"seconds\":([-.\\dE]+)}");

  @TempDir Path directory;
  private TestShell shell;
  private Path photo;
  private Path painting;
  private Path output;

  @BeforeEach
  void drawPictures() {
    shell = new TestShell(directory);
    photo = TestPictures.photo(directory.resolve("photo.png"));
    painting = TestPictures.painting(directory.resolve("painting.png"));
    output = directory.resolve("result.png");
  }

  /** Paints with shallow layers, so that a test takes a second or two. */
  private int stylize(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "stylize",
                "--content=" + photo,
                "--style=" + painting,
                "--output=" + output,
                "--weights=builtin",
                "--size=32",
                "--iterations=4",
                "--content-layers=conv2_1",
                "--style-layers=conv1_1=1,conv2_1=0.5"));
    arguments.addAll(List.of(more));
    return shell.run(arguments.toArray(String[]::new));
  }

  private List<String> filesLike(String start) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(start))
          .sorted()
          .toList();
    }
  }

  @Test
  void paintsAndSaysWhatItDoes() {
    assertThat(stylize()).isZero();
    assertThat(Images.dimensions(output)).isEqualTo(new Dimensions(38, 32));
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out())
        .contains("photo.png (38x32)")
        .contains("painting.png (32x41)")
        .contains("multiscale, 4 iterations")
        .contains("random features")
        .containsPattern("about \\d+ MiB")
        .containsPattern("iteration 1/4 .*loss")
        .containsPattern("iteration 4/4 .*it/s")
        .contains("Wrote " + output + " after 4 iterations.");
  }

  @Test
  void paintsWithTheScalarBackendAndEveryOtherOption() {
    assertThat(
            stylize(
                "--backend=cpu",
                "--precision=FP32",
                "--recipe=gatys",
                "--learning-rate=0.05",
                "--content-weight=1",
                "--style-weight=2e1",
                "--tv-weight=0",
                "--pooling=l2",
                "--style=" + photo,
                "--style-blend=3,1",
                "--style-scale=1.1",
                "--style-form=wasserstein",
                "--normalize-gradients",
                "--optimizer=lbfgs",
                "--init=style-stats",
                "--seed=-7"))
        .isZero();
    assertThat(output).exists();
    assertThat(shell.out()).contains("gatys").contains(", fp32; ").contains("tv 0.0000");
  }

  @Test
  void paintsRegionsByMasks() throws IOException {
    assertThat(stylize()).isZero();
    byte[] plain = Files.readAllBytes(output);
    Path report = directory.resolve("report.html");
    Path ofPhoto = TestPictures.mask(directory.resolve("p.png"), 48, 40, 0xFF0000, 0xFF);
    Path ofPainting = TestPictures.mask(directory.resolve("s.png"), 40, 52, 0xFF, 0xFF0000);
    assertThat(
            stylize(
                "--content-mask=" + ofPhoto, "--style-mask=" + ofPainting, "--report=" + report))
        .isZero();
    String masks = "p.png, s.png: #0000ff (67 %), #ff0000 (33 %)";
    assertThat(shell.out()).contains("Masks " + masks + ".");
    assertThat(report).content().contains(masks);
    assertThat(Files.readAllBytes(output)).isNotEqualTo(plain);
  }

  @Test
  void isQuietWhenAsked() {
    assertThat(stylize("--quiet")).isZero();
    assertThat(output).exists();
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void warnsEvenWhenQuietThatThereAreNoTrainedWeights() {
    int status =
        shell.run(
            "stylize",
            "--content=" + photo,
            "--style=" + painting,
            "--output=" + output,
            "--size=32",
            "--iterations=1",
            "--content-layers=conv1_1",
            "--style-layers=conv1_1=1",
            "--quiet");
    assertThat(status).isZero();
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).contains("WITHOUT trained weights");
  }

  @Test
  void paintsTheSamePictureForTheSameSeed() throws IOException {
    assertThat(stylize("--seed=5")).isZero();
    byte[] first = Files.readAllBytes(output);
    assertThat(stylize("--seed=5")).isZero();
    assertThat(output).hasBinaryContent(first);
    assertThat(stylize("--seed=6")).isZero();
    assertThat(Files.readAllBytes(output)).isNotEqualTo(first);
  }

  @Test
  void paintsFromNoiseByARecipeInAFile() throws IOException {
    Path recipe = directory.resolve("mine.json");
    Files.writeString(recipe, "{\"base\": \"quick\", \"name\": \"mine\", \"init\": \"uniform\"}");
    assertThat(stylize("--recipe=" + recipe)).isZero();
    assertThat(shell.out()).contains("mine, 4 iterations");
    byte[] first = Files.readAllBytes(output);
    assertThat(stylize("--recipe=" + recipe, "--init=content")).isZero();
    assertThat(Files.readAllBytes(output)).isNotEqualTo(first);
  }

  @Test
  void tracesTheLossesOfEveryIteration() throws IOException {
    Path trace = directory.resolve("losses.jsonl");
    assertThat(stylize("--trace=" + trace)).isZero();
    List<String> lines = Files.readAllLines(trace);
    assertThat(lines).hasSize(4);
    double before = Double.MAX_VALUE;
    double seconds = 0;
    for (int i = 0; i < lines.size(); i++) {
      var matcher = TRACE_LINE.matcher(lines.get(i));
      assertThat(matcher.matches()).as(lines.get(i)).isTrue();
      assertThat(Integer.parseInt(matcher.group(1))).isEqualTo(i);
      double total = Double.parseDouble(matcher.group(2));
      double parts = 0;
      for (int group = 3; group <= 5; group++) {
        parts += Double.parseDouble(matcher.group(group));
      }
      assertThat(total).isCloseTo(parts, org.assertj.core.data.Percentage.withPercentage(1e-4));
      assertThat(total).isLessThan(before);
      assertThat(Double.parseDouble(matcher.group(6))).isGreaterThan(seconds);
      before = total;
      seconds = Double.parseDouble(matcher.group(6));
    }
  }

  @Test
  void savesPicturesOnTheWay() throws IOException {
    assertThat(stylize("--save-every=2")).isZero();
    assertThat(filesLike("result"))
        .containsExactly("result-0002.png", "result-0004.png", "result.png");
    assertThat(directory.resolve("result-0004.png")).hasSameBinaryContentAs(output);
    assertThat(Files.readAllBytes(directory.resolve("result-0002.png")))
        .isNotEqualTo(Files.readAllBytes(output));
  }

  @Test
  void stopsWhenTheLossesDivergeAndKeepsTheOldOutput() throws IOException {
    Files.writeString(output, "precious");
    Path trace = directory.resolve("losses.jsonl");
    assertThat(stylize("--learning-rate=1e30", "--save-every=1", "--trace=" + trace)).isEqualTo(1);
    assertThat(shell.err()).contains("losses stopped being numbers").contains("learning rate");
    assertThat(shell.err()).doesNotContain("Exception");
    assertThat(output).hasContent("precious");
    assertThat(filesLike("result-")).as("pictures of unknown or no loss").isEmpty();
    assertThat(Files.readString(trace)).doesNotContain("NaN");
  }

  @Test
  void writesThePictureEvenWhenASnapshotFailsAndThenReportsThat() throws IOException {
    Files.createDirectory(directory.resolve("result-0002.png"));
    assertThat(stylize("--save-every=2")).isEqualTo(1);
    assertThat(output).exists();
    assertThat(shell.err()).contains("result-0002.png").contains("The picture itself was written.");
  }

  @Test
  void theResultIsTransparentWhereThePhotographIsAndDeepWhenAsked() {
    photo = TestPictures.veiledPhoto(directory.resolve("veiled.png"));
    assertThat(stylize("--bit-depth=16")).isZero();
    Image result = Images.read(output);
    assertThat(result.alpha(10, 2)).isZero();
    assertThat(result.alpha(10, 35)).isEqualTo(1);
    boolean deep = false;
    for (float value : result.toChw()) {
      deep |= Math.abs(value * 255 - Math.round(value * 255)) > 0.1;
    }
    assertThat(deep).as("more than 8 bits").isTrue();
    assertThat(shell.err()).isEmpty();

    assertThat(stylize("--alpha=none")).isZero();
    assertThat(Images.read(output).hasAlpha()).isFalse();
  }

  @Test
  void saysOnceThatAJpegCannotBeTransparent() {
    photo = TestPictures.veiledPhoto(directory.resolve("veiled.png"));
    output = directory.resolve("result.jpg");
    assertThat(stylize("--save-every=1", "--quality=60")).isZero();
    assertThat(shell.err())
        .isEqualTo(
            "veiled.png is transparent in part, which result.jpg cannot be; white takes its place.\n");
  }

  @Test
  void theResultSaysHowItWasMadeUnlessForbidden() throws IOException {
    assertThat(stylize("--seed=7")).isZero();
    assertThat(Files.readString(output, StandardCharsets.ISO_8859_1))
        .contains("Software", "nst ", "Recipe", "\"kind\" : \"adam\"", "photo.png", "painting.png")
        .contains("built-in random features, seed 7");
    assertThat(stylize("--metadata=none")).isZero();
    assertThat(Files.readString(output, StandardCharsets.ISO_8859_1))
        .doesNotContain("Software")
        .doesNotContain("\"kind\" : \"adam\"")
        .doesNotContain("photo.png");
  }

  @Test
  void canBeWatchedInEveryWayAtOnce() throws IOException {
    assertThat(
            stylize(
                "--preview=0",
                "--report=" + directory.resolve("report.html"),
                "--timelapse=" + directory.resolve("film.gif"),
                "--timelapse-frames=3",
                "--timelapse-rate=5",
                "--timelapse-size=32",
                "--trace=" + directory.resolve("losses.jsonl"),
                "--save-every=2"))
        .isZero();
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out())
        .containsPattern("Preview: http://127\\.0\\.0\\.1:\\d+/")
        .contains("Wrote " + directory.resolve("report.html") + ".")
        .contains("Wrote " + directory.resolve("film.gif") + ".");
    assertThat(Files.readString(directory.resolve("report.html")))
        .contains("<dt>style layers</dt><dd>conv1_1 1, conv2_1 0.5</dd>")
        .contains("<dt>weights</dt><dd>built-in random features, seed 0</dd>")
        .contains("--timelapse-rate=5");
    assertThat(Images.dimensions(directory.resolve("film.gif"))).isEqualTo(new Dimensions(38, 32));
    assertThat(filesLike("")).noneMatch(name -> name.endsWith(".tmp"));
  }

  @Test
  void finishesReportAndFilmEvenWhenASnapshotFails() throws IOException {
    Path report = directory.resolve("report.html");
    Path film = directory.resolve("film.png");
    Files.createDirectory(directory.resolve("result-0001.png"));
    assertThat(stylize("--save-every=1", "--report=" + report, "--timelapse=" + film)).isEqualTo(1);
    assertThat(shell.err()).contains("result-0001.png").contains("The picture itself was written.");
    assertThat(output).exists();
    assertThat(report).exists();
    assertThat(film).exists();
  }
}
