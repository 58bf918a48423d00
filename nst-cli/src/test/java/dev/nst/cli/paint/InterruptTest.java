package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.Main;
import dev.nst.cli.TestPictures;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterruptTest {

  private static final int SIGTERM_STATUS = 128 + 15;

  @TempDir Path directory;

  @Test
  @Timeout(20)
  void holdsTheShutdownUpUntilTheWorkIsDone() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    Thread shutdown;
    try (InterruptGuard guard = new InterruptGuard()) {
      guard.arm(asked::countDown);
      shutdown = new Thread(guard::interrupt);
      shutdown.start();
      asked.await();
      assertThat(guard.interrupted()).isTrue();
      guard.disarm();
      shutdown.join(100);
      assertThat(shutdown.isAlive()).as("before the last message is out").isTrue();
    }
    shutdown.join();
  }

  @Test
  void isNotInterruptedUnlessSomebodyDoesSo() {
    try (InterruptGuard guard = new InterruptGuard()) {
      guard.arm(() -> {});
      assertThat(guard.interrupted()).isFalse();
    }
  }

  /**
   * SIGTERM takes the same way through the JVM as Ctrl-C, which a test in the background never
   * gets.
   */
  @ParameterizedTest
  @ValueSource(strings = {"result.png", "result.jpg", "result.tiff"})
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(120)
  void writesThePictureReachedSoFar(String name) throws IOException, InterruptedException {
    Path output = directory.resolve(name);
    Path trace = directory.resolve("losses.jsonl");
    Process process = start(output, trace);
    String said = stop(process);
    assertThat(said)
        .contains("Stopping after this iteration; the picture will be written to " + output + ".")
        .contains("Stopped; wrote " + output + " after ");
    assertThat(process.exitValue()).isEqualTo(SIGTERM_STATUS);
    assertThat(Images.dimensions(output)).isEqualTo(new Dimensions(38, 32));
    assertThat(Images.read(output).width()).isEqualTo(38);
    assertThat(Files.readAllLines(trace)).allMatch(l -> l.startsWith("{") && l.endsWith("}"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(120)
  void saysWhatFailedAfterTheInterrupt() throws IOException, InterruptedException {
    Path output = directory.resolve("result.png");
    Process process = start(output, directory.resolve("losses.jsonl"));
    // A directory in its place is what the picture cannot replace.
    String said = stop(process, () -> Files.createDirectory(output));
    assertThat(said).contains("nst: ").contains("is a directory").doesNotContain("wrote");
  }

  /** What is done between the first iteration and the signal. */
  @FunctionalInterface
  private interface Sabotage {
    void run() throws IOException;
  }

  private static String stop(Process process) throws IOException, InterruptedException {
    return stop(process, () -> {});
  }

  /** Stops it after its first iteration and returns what it says from then on. */
  private static String stop(Process process, Sabotage sabotage)
      throws IOException, InterruptedException {
    String said;
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.startsWith("iteration")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      sabotage.run();
      process.toHandle().destroy();
      said = String.join("\n", out.lines().toList());
    } finally {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    return said;
  }

  private Process start(Path output, Path trace) throws IOException {
    Path photo = TestPictures.photo(directory.resolve("photo.png"));
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "stylize",
                "--content=" + photo,
                "--style=" + photo,
                "--output=" + output,
                "--trace=" + trace,
                "--weights=builtin",
                "--backend=cpu",
                "--size=32",
                "--iterations=1000000",
                "--content-layers=conv1_1",
                "--style-layers=conv1_1=1"));
    builder.redirectErrorStream(true);
    return builder.start();
  }
}
