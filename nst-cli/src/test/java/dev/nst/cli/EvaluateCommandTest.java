package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {

  @TempDir private Path directory;
  private TestShell shell;
  private Path photo;
  private Path painting;

  @BeforeEach
  void drawPictures() {
    shell = new TestShell(directory);
    photo = TestPictures.photo(directory.resolve("photo.png"));
    painting = TestPictures.painting(directory.resolve("painting.png"));
  }

  private String evaluate(Path picture, String... options) {
    TestShell fresh = new TestShell(directory);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evaluate",
                "--picture=" + picture,
                "--content=" + photo,
                "--style=" + painting,
                "--weights=builtin",
                "--recipe=gatys",
                "--size=32",
                "--content-layers=conv2_1",
                "--style-layers=conv1_1=1"));
    arguments.addAll(List.of(options));
    int status = fresh.run(arguments.toArray(String[]::new));
    assertThat(status).as(fresh.err()).isZero();
    return fresh.out();
  }

  @Test
  void thePhotographItselfHasNoContentLoss() {
    assertThat(evaluate(photo))
        .matches(
            "\\{\"total\":[-.\\dE]+,\"content\":0\\.0,\"style\":[-.\\dE]+,\"tv\":[-.\\dE]+}\\R");
  }

  @Test
  void anotherPictureHas() {
    assertThat(evaluate(painting)).doesNotContain("\"content\":0.0,");
  }

  @Test
  void blendsAndMasksChangeTheStyleLoss() {
    String other = "--style=" + photo;
    assertThat(evaluate(photo, other, "--style-blend=1,3"))
        .isNotEqualTo(evaluate(photo, other, "--style-blend=3,1"));
    String[] masks = {
      "--content-mask=" + TestPictures.mask(directory.resolve("a.png"), 48, 40, 0xFF0000, 0xFF),
      "--style-mask=" + TestPictures.mask(directory.resolve("b.png"), 40, 52, 0xFF, 0xFF0000)
    };
    assertThat(evaluate(photo, masks)).isNotEqualTo(evaluate(photo));
  }

  @Test
  void aMissingPictureIsOneSentence() {
    int status =
        shell.run(
            "evaluate",
            "--picture=none.png",
            "--content=" + photo,
            "--style=" + painting,
            "--weights=builtin");
    assertThat(status).isEqualTo(1);
    assertThat(shell.err()).contains("none.png' does not exist").doesNotContain("Exception");
  }
}
