package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconstructCommandTest {

  @TempDir private Path directory;
  private TestShell shell;
  private Path photo;

  @BeforeEach
  void drawPicture() {
    shell = new TestShell(directory);
    photo = TestPictures.photo(directory.resolve("photo.png"));
  }

  private int reconstruct(String output, String... more) {
    Stream<String> common =
        Stream.of(
            "reconstruct",
            "--picture=" + photo,
            "--output=" + directory.resolve(output),
            "--weights=builtin",
            "--size=32",
            "--iterations=3");
    return shell.run(Stream.concat(common, Arrays.stream(more)).toArray(String[]::new));
  }

  private byte[] bytes(String name) throws Exception {
    return Files.readAllBytes(directory.resolve(name));
  }

  @Test
  void reconstructsThePictureFromALayer() {
    int status =
        reconstruct("seen.png", "--content=conv2_1", "--save-every=2", "--trace=" + trace());
    assertThat(status).as(shell.err()).isZero();
    assertThat(shell.out()).contains("Reconstructing photo.png").contains("from conv2_1.");
    Dimensions size = Images.read(directory.resolve("seen.png")).dimensions();
    assertThat(size.shortEdge()).isEqualTo(32);
    assertThat(directory.resolve("seen-0002.png")).exists();
    assertThat(trace())
        .content()
        .hasLineCount(3)
        .contains("\"style\":0.0")
        .doesNotContain("\"content\":0.0,");
  }

  private Path trace() {
    return directory.resolve("trace.jsonl");
  }

  @Test
  void makesATextureFromLayers() {
    int status = reconstruct("texture.png", "--style=conv1_1,conv2_1", "--trace=" + trace());
    assertThat(status).as(shell.err()).isZero();
    assertThat(shell.out())
        .contains("Making a texture of photo.png")
        .contains("from conv1_1, conv2_1.");
    assertThat(trace()).content().contains("\"content\":0.0").doesNotContain("\"style\":0.0,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--content=conv1_1", "--style=conv1_1"})
  void theReportShowsThePictureOnceAndTheFileNamesIt(String option) throws Exception {
    Path report = directory.resolve("report.html");
    assertThat(reconstruct("seen.png", option, "--report=" + report)).as(shell.err()).isZero();
    assertThat(report)
        .content()
        .contains("<h1>photo.png, reconstructed</h1>", "<b>Picture</b> photo.png", "<b>Result</b>")
        .doesNotContain("<b>Painting</b>", "in the style of");
    assertThat(new String(bytes("seen.png"), StandardCharsets.ISO_8859_1))
        .contains("Content\0")
        .doesNotContain("Style\0");
  }

  @Test
  void anotherSeedGivesAnotherPicture() throws Exception {
    assertThat(reconstruct("a.png", "--content=conv1_1", "--metadata=none")).isZero();
    assertThat(reconstruct("c.png", "--content=conv1_1", "--metadata=none", "--seed=1")).isZero();
    assertThat(bytes("a.png")).isNotEqualTo(bytes("c.png"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--content=conv1_1 --style=conv1_1"})
  void wantsExactlyOneOfContentAndStyle(String options) {
    String[] more = options.isEmpty() ? new String[0] : options.split(" ");
    assertThat(reconstruct("none.png", more)).isEqualTo(2);
    assertThat(shell.err())
        .contains(
            "Give either --content LAYER, to see what a layer keeps, or --style LAYERS, for a"
                + " texture.")
        .doesNotContain("Exception");
    assertThat(directory.resolve("none.png")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--content=conv6_1", "--style=conv1_1,relu9"})
  void refusesALayerThatThereIsNot(String option) {
    assertThat(reconstruct("none.png", option)).isEqualTo(2);
    assertThat(shell.err()).contains("choose among conv1_1").doesNotContain("Exception");
  }

  @Test
  void doesNotOverwriteThePicture() throws Exception {
    byte[] before = Files.readAllBytes(photo);
    assertThat(reconstruct("photo.png", "--content=conv1_1")).isEqualTo(2);
    assertThat(shell.err()).contains("would overwrite");
    assertThat(Files.readAllBytes(photo)).isEqualTo(before);
  }
}
