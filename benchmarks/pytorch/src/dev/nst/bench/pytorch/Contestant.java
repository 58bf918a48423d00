package dev.nst.bench.pytorch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A process of its own that follows {@link Orders}. */
final class Contestant implements AutoCloseable {

  private static final JsonFactory JSON = new JsonFactory();

  /** As long as this for each of its iterations a round may last. */
  private static final double MILLISECONDS_OF_ITERATION = 1000;

  private final Setup setup;
  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;
  private int roundIterations;

  /** Starts the process and waits until it is ready to run pictures of that edge. */
  Contestant(Setup setup, int edge) throws IOException {
    this.setup = setup;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(setup.jvm());
    // Finds libtorch's libraries where the script unpacked them, and keeps JavaCPP's links there.
    command.add("-Dorg.bytedeco.javacpp.pathsFirst=true");
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("natives") + "/cache");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(setup.main().getName());
    command.add(Integer.toString(edge));
    command.addAll(setup.arguments());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(setup.environment());
    builder.redirectError(Path.of(System.getProperty("logs"), setup.key() + ".log").toFile());
    process = builder.start();
    orders = process.outputWriter(StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.US_ASCII);
    answer();
  }

  Setup setup() {
    return setup;
  }

  /** Runs iterations and returns their losses: content, style, total variation, each weighted. */
  List<double[]> check(int iterations) throws IOException {
    order("check " + iterations);
    List<double[]> losses = new ArrayList<>();
    for (int i = 0; i < iterations; i++) {
      Map<String, Double> parts = answer();
      losses.add(new double[] {parts.get("content"), parts.get("style"), parts.get("tv")});
    }
    return losses;
  }

  /**
   * Warms up, and finds out how many iterations make a round: {@code iterations}, or fewer, at
   * least one, if they take longer than a second each. A warm-up gets shorter in the same way.
   */
  void warmUp(int warmUp, int iterations) throws IOException {
    double milliseconds = time(1);
    int more = within(warmUp, milliseconds) - 1;
    if (more > 0) {
      milliseconds = time(more);
    }
    roundIterations = within(iterations, milliseconds);
  }

  private static int within(int iterations, double milliseconds) {
    double fitting = iterations * MILLISECONDS_OF_ITERATION / milliseconds;
    return (int) Math.max(1, Math.min(iterations, fitting));
  }

  /** Returns the iterations of a round, after the warm-up. */
  int roundIterations() {
    return roundIterations;
  }

  /** Runs a round and returns the milliseconds of one iteration. */
  double round() throws IOException {
    return time(roundIterations);
  }

  private double time(int iterations) throws IOException {
    order("time " + iterations);
    return answer().get("milliseconds") / iterations;
  }

  /** Returns the most memory that the process had at any time, in MiB, or NaN if nobody knows. */
  double peakMebibytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    }
    return Double.NaN;
  }

  private void order(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  private Map<String, Double> answer() throws IOException {
    String line;
    do {
      line = answers.readLine();
      if (line == null) {
        throw new IOException(
            setup.label()
                + " ended early; see "
                + Path.of(System.getProperty("logs"), setup.key() + ".log"));
      }
    } while (!line.startsWith("{")); // libraries may print, too
    Map<String, Double> numbers = new TreeMap<>();
    try (JsonParser parser = JSON.createParser(line)) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        if (parser.currentToken().isNumeric()) {
          numbers.put(parser.currentName(), parser.getDoubleValue());
        }
      }
    }
    return numbers;
  }

  /** Ends the process. */
  @Override
  public void close() throws IOException {
    try (orders) {
      // The end of its input is what a contestant ends at.
    } finally {
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
