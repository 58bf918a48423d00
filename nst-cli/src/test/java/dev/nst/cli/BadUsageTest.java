package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines that make no sense: exit status 2, one clear sentence, and where to read more. */
class BadUsageTest {

  @TempDir Path directory;
  private TestShell shell;
  private Path photo;
  private Path output;

  @BeforeEach
  void drawPictures() {
    shell = new TestShell(directory);
    photo = TestPictures.photo(directory.resolve("photo.png"));
    output = directory.resolve("result.png");
  }

  private int stylize(String... option) {
    String[] arguments = {
      "stylize", "--content=" + photo, "--style=" + photo, "--output=" + output, "--weights=builtin"
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + option.length);
    System.arraycopy(option, 0, all, arguments.length, option.length);
    return shell.run(all);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size=16 | sizes below 32 pixels are refused",
        "--size=-5 | sizes below 32 pixels are refused",
        "--size=abc | 'abc' is not a whole number",
        "--size=99999999999 | '99999999999' is not a whole number",
        "--size=64.5 | '64.5' is not a whole number",
        "--iterations=0 | must be at least 1",
        "--iterations=many | 'many' is not a whole number",
        "--quality=0 | must be at least 1",
        "--quality=101 | must be at most 100",
        "--bit-depth=12 | must be 8 or 16",
        "--alpha=yes | must be keep or none",
        "--metadata=some | must be keep or none",
        "--save-every=0 | must be at least 1",
        "--learning-rate=0 | must be above 0",
        "--learning-rate=-1 | must be above 0",
        "--learning-rate=NaN | not a finite number",
        "--learning-rate=1e300 | learning rate",
        "--learning-rate=fast | 'fast' is not a number",
        "--content-weight=-1 | must be at least 0",
        "--style-weight=Infinity | not a finite number",
        "--tv-weight=x | 'x' is not a number",
        "--recipe=slow | choose among multiscale, gatys, quick, neural-style-pt, crowsonkb",
        "--recipe=no/such.json | Recipe 'no/such.json' does not exist",
        "--style-blend=1,2 | The style blend has 2 weights for 1 painting; give one weight for each",
        "--style-blend=1,x | 'x' is not a number",
        "--style-blend=0 | all 0; raise one",
        "--style-scale=0 | must be above 0",
        "--style-scale=17 | must be at most 16",
        "--style-form=odd | choose among absolute, relative, mean-gram, wasserstein",
        "--optimizer=sgd | choose among adam, lbfgs",
        "--init=nothing | is no file and none of content, style, random",
        "--backend=tpu | choose among auto",
        "--precision=fp8 | choose one of fp32, tf32, bf16, fp16",
        "--precision | --precision",
        "--pooling=min | choose max, avg or l2",
        "--content-layers=conv6_1 | choose among conv1_1",
        "--content-layers= | choose among conv1_1",
        "--content-layers=conv1_1,conv1_1 | names a layer twice",
        "--style-layers=conv1_1 | conv1_1=0.75",
        "--style-layers=relu1_1=1 | choose among conv1_1",
        "--style-layers=conv1_1=1,conv1_1=2 | names conv1_1 twice",
        "--style-layers=conv1_1=-1 | must be at least 0",
        "--style-layers=conv1_1=x | 'x' is not a number",
        "--weights-url=nowhere | --weights-url: 'nowhere' is no web address",
        "--seed=1.5 | '1.5' is not a whole number, as in --seed 7",
        "--preview=-1 | must be at least 0",
        "--preview=65536 | must be at most 65535",
        "--preview=abc | 'abc' is not a whole number",
        "--preview-host=::1 | says more about --preview",
        "--timelapse-frames=1 | must be at least 2",
        "--timelapse-rate=0 | must be at least 1",
        "--timelapse-rate=51 | must be at most 50",
        "--timelapse-size=64 | says more about --timelapse",
        "--frobnicate | --frobnicate",
        "extra | extra",
        "--size | --size",
      })
  void isExplained(String option, String explanation) {
    assertThat(stylize(option)).isEqualTo(2);
    assertThat(shell.err())
        .startsWith("nst: ")
        .contains(explanation)
        .endsWith("Run 'nst stylize --help' for its options.\n")
        .doesNotContain("Exception");
    assertThat(shell.err().lines()).hasSizeLessThanOrEqualTo(2);
    assertThat(shell.out()).isEmpty();
    assertThat(output).doesNotExist();
  }

  @Test
  void refusesWeightsThatAreAllZero() {
    assertThat(stylize("--content-weight=0", "--style-weight=0", "--tv-weight=0")).isEqualTo(2);
    assertThat(shell.err()).contains("nothing to optimise");
  }

  @Test
  void namesTheOptionsThatAreMissing() {
    assertThat(shell.run("stylize", "--content=x.png")).isEqualTo(2);
    assertThat(shell.err()).contains("--style").contains("--output").doesNotContain("--content=");
  }

  @Test
  void refusesAnUnknownCommand() {
    assertThat(shell.run("stylise")).isEqualTo(2);
    assertThat(shell.err()).contains("stylise").contains("nst --help");
  }

  @Test
  void refusesAnOutputThatIsAlsoAnInput() {
    output = photo;
    long size = photo.toFile().length();
    assertThat(stylize()).isEqualTo(2);
    assertThat(shell.err()).contains("would overwrite").contains("--output");
    assertThat(photo.toFile().length()).isEqualTo(size);
  }

  @Test
  void refusesASnapshotThatIsAlsoAnInput() {
    photo = TestPictures.photo(directory.resolve("result-0020.png"));
    assertThat(stylize("--save-every=10", "--iterations=30")).isEqualTo(2);
    assertThat(shell.err()).contains("would overwrite").contains("result-0020.png");
  }

  @Test
  void refusesASnapshotThatOnlyTheLongerFormOfTheRecipeReaches() {
    int last = Recipe.multiscale().forms().mostIterations();
    photo = TestPictures.photo(directory.resolve("result-0" + last + ".png"));
    assertThat(stylize("--save-every=10")).isEqualTo(2);
    assertThat(shell.err()).contains("would overwrite " + photo);
  }

  @Test
  void refusesATraceThatIsAlsoAPicture() {
    assertThat(stylize("--trace=" + photo)).isEqualTo(2);
    assertThat(shell.err()).contains("--trace would overwrite");
    assertThat(stylize("--trace=" + output)).isEqualTo(2);
  }

  @Test
  void refusesMasksThatAreMissingOrLeftOver() {
    assertThat(stylize("--content-mask=" + photo)).isEqualTo(2);
    assertThat(shell.err()).contains("belong together, but only --content-mask is there");
    assertThat(stylize("--style-mask=" + photo)).isEqualTo(2);
    assertThat(shell.err()).contains("belong together, but only --style-mask is there");
    assertThat(stylize("--content-mask=" + photo, "--style-mask=" + photo, "--style-mask=" + photo))
        .isEqualTo(2);
    assertThat(shell.err()).contains("--style: 1, but --style-mask: 2; give one mask for each");
    assertThat(output).doesNotExist();
  }

  @Test
  void refusesToReplaceAMask() throws IOException {
    Path mask = TestPictures.mask(directory.resolve("mask.png"), 48, 40, 0xFF0000, 0xFF);
    byte[] before = Files.readAllBytes(mask);
    for (String[] masks : new String[][] {{"" + mask, "" + photo}, {"" + photo, "" + mask}}) {
      assertThat(
              stylize("--content-mask=" + masks[0], "--style-mask=" + masks[1], "--trace=" + mask))
          .isEqualTo(2);
      assertThat(shell.err()).contains("--trace would overwrite " + mask);
    }
    assertThat(mask).hasBinaryContent(before);
  }

  @Test
  void refusesATraceThatIsAlsoASnapshot() {
    Path snapshot = directory.resolve("result-0020.png");
    assertThat(stylize("--trace=" + snapshot, "--save-every=10", "--iterations=30")).isEqualTo(2);
    assertThat(shell.err()).contains("--trace would overwrite " + snapshot);
  }

  @Test
  void refusesATraceThatIsAlsoTheWeights() throws IOException {
    Path weights = Files.writeString(directory.resolve("v.safetensors"), "precious");
    assertThat(
            shell.run(
                "stylize",
                "--content=" + photo,
                "--style=" + photo,
                "--output=" + output,
                "--weights=" + weights,
                "--trace=" + weights))
        .isEqualTo(2);
    shell.with("NST_WEIGHTS", weights.toString());
    assertThat(
            shell.run(
                "stylize",
                "--content=" + photo,
                "--style=" + photo,
                "--output=" + output,
                "--trace=" + weights))
        .isEqualTo(2);
    assertThat(shell.err()).contains("--trace would overwrite " + weights);
    assertThat(weights).hasContent("precious");
  }

  @Test
  void refusesAReportOrAFilmThatIsAnotherFileOfTheRun() {
    assertThat(stylize("--report=" + photo)).isEqualTo(2);
    assertThat(shell.err()).contains("--report would overwrite " + photo);
    assertThat(stylize("--timelapse=" + output)).isEqualTo(2);
    assertThat(shell.err()).contains("--timelapse would overwrite " + output);
    Path both = directory.resolve("both.gif");
    assertThat(stylize("--report=" + both, "--timelapse=" + both)).isEqualTo(2);
    assertThat(shell.err()).contains("--timelapse would overwrite " + both);
    assertThat(both).doesNotExist();
  }

  @Test
  void refusesANumberFormatThatDoesNotExist() {
    assertThat(shell.run("weights", "convert", "a.pth", "b.safetensors", "--dtype=f8"))
        .isEqualTo(2);
    assertThat(shell.err()).contains("choose among f32, f16, bf16");
  }

  @Test
  void refusesAConversionWithoutFiles() {
    assertThat(shell.run("weights", "convert")).isEqualTo(2);
    assertThat(shell.err()).contains("IN.pth").contains("nst weights convert --help");
  }
}
