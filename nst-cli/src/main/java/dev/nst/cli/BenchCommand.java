package dev.nst.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.Backends;
import dev.nst.cli.bench.Bench;
import dev.nst.cli.bench.Measurement;
import dev.nst.cli.shell.ResultFile;
import dev.nst.cli.shell.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nst bench}: how fast a backend is on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Measures a backend: its peak, matrix products, iterations of gatys.",
    description =
        "Medians over the rounds, after warm-up. GFLOP/s of an iteration count its convolutions, forward and"
            + " backward, by the direct method. Other work on the machine makes every figure worse.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class BenchCommand implements Runnable {

  private final Shell shell;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--size",
      paramLabel = "N",
      split = ",",
      defaultValue = "256,512",
      converter = Values.Size.class,
      description = "Edges of the square pictures, in pixels (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "10",
      converter = Values.Count.class,
      description = "Rounds whose median counts (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON.")
  private Path json;

  BenchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (json != null) {
      ResultFile.requireWritable("--json", json);
    }
    List<Measurement> measurements = new ArrayList<>();
    try (Backend opened = Backends.open(compute.backend(), compute.backendOptions())) {
      shell
          .out()
          .printf(
              Locale.ROOT,
              "%s (%s), %s, Java %s%n",
              opened.name(),
              opened.description(),
              opened.precision().label(),
              Runtime.version());
      Bench bench = new Bench(opened, rounds);
      shell.out().printf(Locale.ROOT, "arithmetic peak: %.0f GFLOP/s%n%n", bench.peak() / 1e9);
      shell
          .out()
          .printf(
              Locale.ROOT,
              "%-18s %12s %12s %10s %8s %8s%n",
              "",
              "median ms",
              "best ms",
              "GFLOP/s",
              "of peak",
              "MiB");
      print(bench.gemm(), measurements);
      for (int size : sizes) {
        print(bench.iteration(size), measurements);
      }
    }
    if (json != null) {
      writeJson(measurements);
      shell.out().println("Written to " + json + ".");
    }
  }

  private void print(Measurement m, List<Measurement> measurements) {
    measurements.add(m);
    shell
        .out()
        .printf(
            Locale.ROOT,
            "%-18s %12.1f %12.1f %10.0f %7.0f%% %8d%n",
            m.what(),
            1e3 * m.seconds(),
            1e3 * m.best(),
            m.flopsPerSecond() / 1e9,
            100 * m.shareOfPeak(),
            m.bytes() >> 20);
  }

  /** Writes null for what is not known: JSON has no NaN. */
  static void writeNumber(JsonGenerator out, String field, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(field, value);
    } else {
      out.writeNullField(field);
    }
  }

  private void writeJson(List<Measurement> measurements) {
    try (JsonGenerator out = new JsonFactory().createGenerator(json.toFile(), JsonEncoding.UTF8)) {
      out.useDefaultPrettyPrinter();
      out.writeStartArray();
      for (Measurement m : measurements) {
        out.writeStartObject();
        out.writeStringField("what", m.what());
        out.writeNumberField("medianSeconds", m.seconds());
        out.writeNumberField("bestSeconds", m.best());
        writeNumber(out, "flopsPerSecond", m.flopsPerSecond());
        writeNumber(out, "peakFlopsPerSecond", m.peak());
        out.writeNumberField("plannedBytes", m.bytes());
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new NstException(
          "Cannot write " + json + ": " + e.getMessage() + "; choose a file that can be written.",
          e);
    }
  }
}
