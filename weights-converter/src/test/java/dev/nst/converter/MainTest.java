package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void convertsWithAnyDtypeWrittenEitherWay() {
    String in = Fixtures.checkpoint("wrapped.pth").toString();
    String to = directory.resolve("out.safetensors").toString();
    assertThat(run(in, to)).isZero();
    assertThat(printed(out)).contains("Wrote " + to + ": 2 tensors, 56 parameters in F32.");
    assertThat(run(in, "--dtype", "f16", to)).isZero();
    assertThat(run("--dtype=bf16", in, to)).isZero();
    assertThat(WeightsInfo.describe(Path.of(to)).tensors().get(0).type())
        .isEqualTo(ElementType.BFLOAT16);
    assertThat(printed(err)).isEmpty();
  }

  @Test
  void describesCheckpointsOfBothContainersAndSafetensors() {
    assertThat(run("info", Fixtures.checkpoint("legacy.pth").toString())).isZero();
    assertThat(printed(out))
        .contains("container   PyTorch legacy pickle")
        .containsPattern("features\\.2\\.bias +bfloat16 +\\[3\\]")
        .containsPattern("classifier\\.counter +int64 +\\[\\]");
    assertThat(run("info", Fixtures.checkpoint("zip.pth").toString())).isZero();
    assertThat(printed(out)).contains("container   PyTorch zip");
    String converted = directory.resolve("out.safetensors").toString();
    assertThat(run(Fixtures.checkpoint("wrapped.pth").toString(), converted)).isZero();
    assertThat(run("info", converted)).isZero();
    assertThat(printed(out))
        .contains("container   safetensors", "tensors     2", "parameters  56")
        .contains("metadata    source = wrapped.pth");
  }

  @Test
  void saysAFailureInOneLineAndReturnsOne() {
    assertThat(run("info", directory.resolve("absent").toString())).isEqualTo(1);
    assertThat(printed(err)).hasLineCount(1).contains("does not exist");
    assertThat(run("info", Fixtures.checkpoint("expected.json").toString())).isEqualTo(1);
    assertThat(printed(err)).contains("is neither a PyTorch checkpoint nor a safetensors file");
    assertThat(run(Fixtures.checkpoint("whole-model.pth").toString(), "x.safetensors"))
        .isEqualTo(1);
    assertThat(printed(err)).contains("refuses to unpickle torch.nn.modules.conv.Conv2d");
  }

  @Test
  void saysAnyOtherFailureInOneLineToo() {
    assertThat(runFailing(new OutOfMemoryError("Java heap space")))
        .isEqualTo("Java ran out of memory; allow it more with -Xmx1g and try again.");
    assertThat(runFailing(new UncheckedIOException(new IOException("Input/output error"))))
        .isEqualTo("Reading or writing failed (Input/output error); check the disk and try again.");
    assertThat(runFailing(new IllegalStateException("a bug\nof two lines")))
        .isEqualTo(
            "The converter failed in a way it should not (java.lang.IllegalStateException: a bug of"
                + " two lines); please report this with the command.");
  }

  @Test
  void refusesAnUnknownInputConventionInOneLine() {
    assertThat(run("a.pth", "b.safetensors", "--input-convention=keras")).isEqualTo(1);
    assertThat(printed(err).strip())
        .isEqualTo("There is no input convention 'keras'; choose among torchvision, caffe.");
  }

  /** Returns what is printed when something deep down throws; here it is the output. */
  private String runFailing(Throwable failure) {
    err.reset();
    PrintStream failing =
        new PrintStream(out, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            if (failure instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) failure;
          }
        };
    PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertThat(Main.run(List.of("--help"), failing, messages)).isEqualTo(1);
    return printed(err).strip();
  }

  @Test
  void explainsItselfWhenMisused() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("a")).isEqualTo(2);
    assertThat(run("a", "b", "c")).isEqualTo(2);
    assertThat(run("a", "b", "--dtype")).isEqualTo(2);
    assertThat(run("a", "b", "--dtype", "int8")).isEqualTo(2);
    assertThat(run("a", "b", "--other")).isEqualTo(2);
    assertThat(printed(err)).startsWith("Usage: ");
    assertThat(printed(out)).isEmpty();
    assertThat(run("--help")).isZero();
    assertThat(printed(out)).startsWith("Usage: ");
  }

  private int run(String... arguments) {
    return Main.run(
        List.of(arguments),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private static String printed(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
