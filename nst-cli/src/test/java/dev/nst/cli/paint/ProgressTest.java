package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.shell.Shell;
import dev.nst.transfer.Losses;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProgressTest {

  private static final Losses LOSSES = new Losses(1234.567, 0.25, 1234.3, 0.017);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true);

  private List<String> lines() {
    return bytes.toString().lines().toList();
  }

  @Test
  void printsTheFirstAndTheLastIterationOfAShortRun() {
    try (RunProgress progress = new LineProgress(out, 10)) {
      for (int done = 1; done <= 10; done++) {
        progress.onStep(done, () -> LOSSES, done * 0.1);
      }
    }
    assertThat(lines())
        .containsExactly(
            "iteration 1/10  loss 1235 (content 0.2500, style 1234, tv 0.0170)",
            "iteration 10/10  loss 1235 (content 0.2500, style 1234, tv 0.0170)"
                + "  10.00 it/s  0:00 left");
  }

  @Test
  void printsAboutTwentyLinesOfALongRun() {
    try (RunProgress progress = new LineProgress(out, 1000)) {
      for (int done = 1; done <= 1000; done++) {
        progress.onStep(done, () -> LOSSES, done);
      }
    }
    assertThat(lines()).hasSizeBetween(19, 23);
    assertThat(lines().get(10)).contains("1.00 it/s").contains(" left");
  }

  @Test
  void printsALineAMinuteHoweverSlowTheRunIs() {
    try (RunProgress progress = new LineProgress(out, 5000)) {
      for (int done = 1; done <= 20; done++) {
        progress.onStep(done, () -> LOSSES, done * 30.0);
      }
    }
    assertThat(lines()).hasSize(10);
    assertThat(lines().get(9)).contains("0.03 it/s").contains("41:30:30 left");
  }

  @Test
  void drawsABarOnATerminal() {
    Shell shell = new Shell(out, out, Map.of("COLUMNS", "120"), Path.of("."), "Linux", true);
    try (RunProgress progress = RunProgress.on(shell, 4)) {
      progress.onStep(4, () -> LOSSES, 2);
    }
    assertThat(bytes.toString()).contains("4/4 it").contains("it/s").contains("loss 1235");
  }

  /**
   * The library would open one to learn its width, and JLine would take Ctrl-C away from the JVM.
   */
  @Test
  @Timeout(20)
  void leavesTheTerminalAndItsSignalsAlone() throws ReflectiveOperationException {
    Field terminal =
        Class.forName("me.tongfei.progressbar.TerminalUtils").getDeclaredField("terminal");
    terminal.setAccessible(true);
    Shell shell = new Shell(out, out, Map.of("COLUMNS", "80"), Path.of("."), "Linux", true);
    try (RunProgress progress = RunProgress.on(shell, 4)) {
      progress.onStep(2, () -> LOSSES, 1);
      while (bytes.size() == 0) {
        Thread.onSpinWait();
      }
      assertThat(terminal.get(null)).isNull();
    }
  }

  @Test
  void fitsTheBarIntoTheTerminal() {
    Shell shell = new Shell(out, out, Map.of("COLUMNS", "60"), Path.of("."), "Linux", true);
    try (RunProgress progress = RunProgress.on(shell, 4)) {
      progress.onStep(4, () -> LOSSES, 2);
    }
    assertThat(bytes.toString().split("[\r\n]+")).allMatch(line -> line.length() < 60);
  }

  @Test
  void writesLossesOfAnySizeInFewCharacters() {
    Losses losses = new Losses(9.87e12, 0, 12345.6, 4.2e-7);
    assertThat(RunProgress.format(losses))
        .isEqualTo("loss 9.870e+12 (content 0.0000, style 12346, tv 4.200e-07)");
  }

  @Test
  void asksForLossesOnlyWhenItShowsThem() {
    AtomicInteger asked = new AtomicInteger();
    Supplier<Losses> losses =
        () -> {
          asked.incrementAndGet();
          return LOSSES;
        };
    try (RunProgress progress = new LineProgress(out, 1000)) {
      for (int done = 1; done <= 1000; done++) {
        progress.onStep(done, losses, done);
      }
    }
    assertThat(asked).hasValue(lines().size());
    asked.set(0);
    Shell shell = new Shell(out, out, Map.of("COLUMNS", "120"), Path.of("."), "Linux", true);
    try (RunProgress progress = RunProgress.on(shell, 1000)) {
      for (int done = 1; done <= 1000; done++) {
        progress.onStep(done, losses, done * 0.003);
      }
    }
    assertThat(asked.get()).isBetween(25, 32);
    assertThat(bytes.toString()).contains("1000/1000 it").contains("loss 1235");
  }
}
