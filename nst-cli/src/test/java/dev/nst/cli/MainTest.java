package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.nst.NstException;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.cli.shell.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @TempDir Path directory;
  private TestShell shell;

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
  }

  @Test
  void explainsItselfWithoutArguments() {
    assertThat(shell.run()).isEqualTo(2);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err())
        .contains("stylize", "demo", "devices", "weights", "Examples:", "NST_WEIGHTS");
  }

  @Test
  void explainsACommandThatOnlyHoldsOthers() {
    assertThat(shell.run("weights")).isEqualTo(2);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).contains("convert", "info");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stylize",
        "demo",
        "bench",
        "devices",
        "weights",
        "weights convert",
        "weights info",
        "cuda",
        "cuda fetch"
      })
  void explainsEveryCommand(String command) {
    assertThat(shell.run((command + " --help").split(" "))).isZero();
    assertThat(shell.out()).contains("Usage: nst " + command).contains("--verbose");
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void explainsEveryOptionOfTheContract() {
    shell.run("stylize", "--help");
    assertThat(shell.out())
        .contains(
            "--content=FILE",
            "--style=FILE",
            "--output=FILE",
            "--recipe=NAME|FILE",
            "--style-blend=X,Y",
            "--style-scale=X",
            "--style-form=FORM",
            "--normalize-gradients",
            "--optimizer=adam|lbfgs",
            "--init=START",
            "--weights=auto|builtin|FILE",
            "--backend=auto|cpu|cpu-vector|cuda",
            "--precision=fp32|tf32|bf16|fp16",
            "--size=N",
            "--iterations=N",
            "--learning-rate=X",
            "--content-weight=X",
            "--style-weight=X",
            "--tv-weight=X",
            "--content-layers=A,B",
            "--style-layers=A=W,B=W",
            "--pooling=max|avg|l2",
            "--seed=N",
            "--trace=FILE",
            "--save-every=N",
            "--quiet");
  }

  @Test
  void tellsItsVersion() {
    assertThat(shell.run("--version")).isZero();
    assertThat(shell.out())
        .containsPattern("^nst \\d+\\.\\d+\\.\\d+")
        .doesNotContain("${")
        .contains("Java " + Runtime.version());
  }

  @Test
  void listsEveryBackend() {
    assertThat(shell.run("devices")).isZero();
    for (BackendProvider provider : Backends.providers()) {
      assertThat(shell.out()).containsPattern("\n" + provider.name() + " +" + provider.rank());
    }
    assertThat(shell.out()).containsPattern("cpu +0 +available: ");
  }

  @Test
  void listsWhatBackendsFoundIfAsked() {
    assertThat(shell.run("devices")).isZero();
    assertThat(shell.out()).doesNotContain("largest heap: ");
    assertThat(shell.run("devices", "--verbose")).isZero();
    assertThat(shell.out()).containsPattern("largest heap: \\d+ MiB");
    assertThat(shell.run("devices", "--json", "--verbose")).isZero();
    assertThat(shell.out()).contains("\"item\" : \"largest heap\"");
  }

  @Test
  void listsEveryBackendForAProgram() throws IOException {
    assertThat(shell.run("devices", "--json")).isZero();
    int objects = 0;
    try (JsonParser parser = new JsonFactory().createParser(shell.out())) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == com.fasterxml.jackson.core.JsonToken.START_OBJECT) {
          objects++;
        }
      }
    }
    assertThat(objects).isEqualTo(Backends.providers().size());
  }

  private static String report(Throwable failure, int status) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    FailureReport report = new FailureReport(new PrintStream(err, true), () -> false);
    assertThat(report.failed(failure, true)).isEqualTo(status);
    return err.toString();
  }

  @Test
  void saysInOneSentenceWhatWentWrong() {
    assertThat(report(new NstException("Too small."), 1)).isEqualTo("nst: Too small.\n");
    assertThat(report(new UsageException("Which one?"), 2)).isEqualTo("nst: Which one?\n");
    assertThat(report(new OutOfMemoryError("Java heap space"), 1))
        .contains("out of memory")
        .contains("--size")
        .contains("NST_JAVA_OPTS=-Xmx")
        .doesNotContain("Error");
    assertThat(report(new IllegalStateException("odd"), 1))
        .contains("(odd)")
        .contains("--verbose")
        .doesNotContain("Exception");
  }
}
