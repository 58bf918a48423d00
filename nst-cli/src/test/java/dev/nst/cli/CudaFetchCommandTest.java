package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.shell.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CudaFetchCommandTest {

  @TempDir Path directory;
  private TestShell shell;

  @BeforeEach
  void open() {
    // Nothing listens there, so a download that starts is a failure that says so.
    shell = new TestShell(directory).with("NST_MAVEN_URL", "http://127.0.0.1:9/maven2");
  }

  private Shell on(String system, boolean interactive) {
    Shell here = shell.shell();
    return new Shell(here.out(), here.err(), here.environment(), here.home(), system, interactive);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void refusesToStartUnaskedWithoutATerminal() {
    assertThat(shell.run("cuda", "fetch")).isEqualTo(2);
    assertThat(shell.out()).contains("2.0 GB").contains("NVIDIA's").contains("127.0.0.1");
    assertThat(shell.err()).contains("--yes").doesNotContain("Cannot download");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void startsUnaskedIfToldTo() {
    assertThat(shell.run("cuda", "fetch", "--yes")).isEqualTo(1);
    assertThat(shell.err()).contains("there is no connection to 127.0.0.1");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void takesNoForAnAnswer() {
    for (String answer : new String[] {"", "n", "nonsense", null}) {
      new CudaFetchCommand(on("Linux", true), question -> answer).run();
    }
    assertThat(shell.out()).contains("Nothing was downloaded.");
    assertThat(directory.resolve("cache")).doesNotExist();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void startsOnceThePersonAgrees() {
    CudaFetchCommand command = new CudaFetchCommand(on("Linux", true), question -> " Yes ");
    assertThatThrownBy(command::run)
        .isInstanceOf(NstException.class)
        .hasMessageContaining("there is no connection");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void saysThatTheLibrariesAreThere() throws Exception {
    Path there = Files.createDirectories(directory.resolve("cache/cuda/12.6-9.5"));
    assertThat(shell.run("cuda", "fetch")).isZero();
    assertThat(shell.out()).contains("already in " + there);
  }

  @Test
  void sendsOtherSystemsToNvidia() {
    CudaFetchCommand command = new CudaFetchCommand(on("Windows 11", false), question -> null);
    assertThatThrownBy(command::run)
        .isInstanceOf(NstException.class)
        .hasMessageContaining("Linux on x86-64 only")
        .hasMessageContaining("Windows 11");
  }
}
