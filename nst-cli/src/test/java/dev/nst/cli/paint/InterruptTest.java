package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.Main;
import dev.nst.cli.TestPictures;
import dev.nst.cli.TestRescue;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    assertThat(said).contains("nst: ").contains("is a directory").doesNotContain("; wrote");
    TestRescue.assertPictureIn(said, new Dimensions(38, 32));
  }

  /** A page's button does what Ctrl-C does; the process ends by itself. */
  @Test
  @Timeout(120)
  void stopsByThePreviewsButton() throws IOException, InterruptedException {
    Path output = directory.resolve("result.png");
    Path film = directory.resolve("film.gif");
    Process process =
        start(output, directory.resolve("losses.jsonl"), "--preview=0", "--timelapse=" + film);
    String said;
    try (BufferedReader out = process.inputReader()) {
      String url = lineWith(out, "Preview: ").substring("Preview: ".length());
      lineWith(out, "iteration");
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest page = HttpRequest.newBuilder(URI.create(url)).build();
      String token =
          client
              .send(page, BodyHandlers.ofString())
              .body()
              .replaceFirst("(?s).*name=\"nst-token\" content=\"(\\w+)\".*", "$1");
      HttpRequest stop =
          HttpRequest.newBuilder(URI.create(url + "stop"))
              .headers("Origin", url.replaceFirst("/$", ""), "X-Nst-Token", token)
              .POST(BodyPublishers.noBody())
              .build();
      assertThat(client.send(stop, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
      said = String.join("\n", out.lines().toList());
    } finally {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    assertThat(said)
        .containsOnlyOnce("Stopping after this iteration")
        .contains("Stopped; wrote " + output + " after ")
        .contains("Wrote " + film + ".");
    assertThat(process.exitValue()).isEqualTo(Painter.INTERRUPTED);
    assertThat(Images.dimensions(output)).isEqualTo(new Dimensions(38, 32));
    assertThat(Images.dimensions(film)).isEqualTo(new Dimensions(38, 32));
  }

  private static String lineWith(BufferedReader out, String start) throws IOException {
    String line = out.readLine();
    while (line != null && !line.startsWith(start)) {
      line = out.readLine();
    }
    assertThat(line).isNotNull();
    return line;
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
      lineWith(out, "iteration");
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

  private Process start(Path output, Path trace, String... more) throws IOException {
    Path photo = TestPictures.photo(directory.resolve("photo.png"));
    List<String> command =
        new ArrayList<>(
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
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
