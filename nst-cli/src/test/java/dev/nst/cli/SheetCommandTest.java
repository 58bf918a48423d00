package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SheetCommandTest {

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

  @Test
  void putsPicturesSideBySide() {
    Path sheet = directory.resolve("sheet.png");
    int status = shell.run("sheet", "--output=" + sheet, "--height=20", "" + photo, "" + painting);
    assertThat(status).as(shell.err()).isZero();
    assertThat(Images.dimensions(sheet).height()).isEqualTo(8 + 20 + 8);
    assertThat(shell.out()).isEqualTo("Wrote " + sheet + ".\n");
  }

  @Test
  void neverOverwritesAPictureThatItShows() throws IOException {
    byte[] before = Files.readAllBytes(photo);
    assertThat(shell.run("sheet", "--output=" + photo, "" + painting, "" + photo)).isEqualTo(2);
    assertThat(shell.err()).contains("would overwrite " + photo);
    assertThat(photo).hasBinaryContent(before);
  }

  @Test
  void aMissingPictureIsOneSentenceAndNothingIsWritten() {
    Path sheet = directory.resolve("sheet.png");
    assertThat(shell.run("sheet", "--output=" + sheet, "" + photo, "none.png")).isEqualTo(1);
    assertThat(shell.err()).contains("none.png").contains("does not exist");
    assertThat(sheet).doesNotExist();
  }
}
