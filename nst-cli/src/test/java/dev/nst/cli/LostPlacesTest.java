package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.cli.shell.Shell;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose files cannot be written any more once they have begun. */
class LostPlacesTest {

  private static final Dimensions SIZE = new Dimensions(38, 32);

  @TempDir private Path directory;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path photo;
  private Path lost;

  @BeforeEach
  void drawPictures() throws IOException {
    photo = TestPictures.photo(directory.resolve("photo.png"));
    lost = Files.createDirectory(directory.resolve("lost"));
  }

  /** Deletes {@link #lost} after the first iteration, of which the run tells in a line. */
  private final class Saboteur extends PrintStream {
    Saboteur() {
      super(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      if (line.startsWith("iteration 1/")) {
        for (File file : lost.toFile().listFiles()) {
          assertThat(file.delete()).isTrue();
        }
        assertThat(lost.toFile().delete()).isTrue();
      }
    }
  }

  private int stylize(Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "stylize",
                "--content=" + photo,
                "--style=" + photo,
                "--output=" + output,
                "--weights=builtin",
                "--size=32",
                "--iterations=3",
                "--content-layers=conv1_1",
                "--style-layers=conv1_1=1"));
    arguments.addAll(List.of(more));
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    Map<String, String> environment = Map.of("NST_CACHE", directory.resolve("cache").toString());
    Shell shell = new Shell(new Saboteur(), errors, environment, directory, "Linux", false);
    return Main.run(shell, arguments.toArray(String[]::new));
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void thePictureIsWrittenWithoutReportAndFilm() throws IOException {
    Path output = directory.resolve("result.png");
    Path report = lost.resolve("report.html");
    Path film = lost.resolve("film.gif");
    assertThat(stylize(output, "--report=" + report, "--timelapse=" + film)).isEqualTo(1);
    assertThat(Images.read(output).dimensions()).isEqualTo(SIZE);
    assertThat(said())
        .hasLineCount(1)
        .startsWith("nst: The output '" + report + "' needs the directory '" + lost + "'")
        .contains(" The output '" + film + "' cannot be written (it or its directory is gone); ")
        .endsWith(" The picture itself was written.\n");
    assertThat(lost).doesNotExist();
  }

  @Test
  void thePictureIsWrittenWithoutThoseInBetween() throws IOException {
    Path output = directory.resolve("result.png");
    Path inTheWay = Files.createDirectory(directory.resolve("result-0002.png"));
    assertThat(stylize(output, "--save-every=1")).isEqualTo(1);
    assertThat(Images.read(output).dimensions()).isEqualTo(SIZE);
    assertThat(directory.resolve("result-0001.png")).isRegularFile();
    assertThat(said())
        .hasLineCount(1)
        .contains(inTheWay + "' is a directory")
        .endsWith(" The picture itself was written.\n");
  }

  @Test
  void thePictureIsWrittenThoughTheDiskOfTheTraceIsFull() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "only Linux has a disk that is always full");
    Path output = directory.resolve("result.png");
    assertThat(stylize(output, "--trace=" + full)).isEqualTo(1);
    assertThat(Images.read(output).dimensions()).isEqualTo(SIZE);
    assertThat(said())
        .hasLineCount(1)
        .startsWith("nst: Cannot write the trace /dev/full: ")
        .contains("; free some space on that disk or choose another place.")
        .endsWith(" The picture itself was written.\n");
  }

  @Test
  void aPictureWhosePlaceIsLostIsWrittenElsewhere() throws IOException {
    Path output = lost.resolve("result.png");
    assertThat(stylize(output, "--save-every=1")).isEqualTo(1);
    assertThat(lost).doesNotExist();
    assertThat(said()).contains("nst: The output '" + output + "' needs the directory");
    TestRescue.assertPictureIn(said(), SIZE);
  }
}
