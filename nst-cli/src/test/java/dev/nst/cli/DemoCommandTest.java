package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

  @TempDir Path directory;

  @Test
  void drawsPaintsAndSaysWhereTheResultIs() throws IOException {
    TestShell shell = new TestShell(directory);
    Path output = Files.writeString(directory.resolve("demo.png"), "of an earlier run");
    assertThat(shell.run("demo", "--output=" + output, "--size=32", "--iterations=1")).isZero();
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out())
        .contains("replaces " + output)
        .contains("Wrote " + directory.resolve("demo-content.png"))
        .contains("random features")
        .contains("Wrote " + output);
    assertThat(Images.dimensions(output)).isEqualTo(new Dimensions(48, 32));
    assertThat(Images.dimensions(directory.resolve("demo-style.png")))
        .isEqualTo(new Dimensions(768, 512));
  }

  @Test
  void replacesNothingWhereItCannotPaint() throws IOException {
    TestShell shell = new TestShell(directory);
    Path output = Files.writeString(directory.resolve("demo.png"), "precious");
    Path content = Files.writeString(directory.resolve("demo-content.png"), "precious");
    assertThat(shell.run("demo", "--output=" + output, "--size=9000")).isEqualTo(1);
    assertThat(shell.run("demo", "--output=" + output, "--size=32", "--weights=gone.safetensors"))
        .isEqualTo(1);
    assertThat(output).hasContent("precious");
    assertThat(content).hasContent("precious");
    assertThat(directory.resolve("demo-style.png")).doesNotExist();
  }

  @Test
  void refusesAPlaceThatCannotBeWrittenBeforeItDraws() {
    TestShell shell = new TestShell(directory);
    assertThat(shell.run("demo", "--output=" + directory.resolve("no/demo.png"))).isEqualTo(1);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).startsWith("nst: ").doesNotContain("Exception");
  }
}
