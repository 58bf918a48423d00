package dev.nst.cli;

import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cli.bench.Bench;
import dev.nst.cli.bench.Figures;
import dev.nst.cli.bench.LayerTimes;
import dev.nst.cli.bench.Measurement;
import dev.nst.cli.bench.Tables;
import dev.nst.cli.shell.ResultFile;
import dev.nst.cli.shell.Shell;
import dev.nst.io.AtomicFile;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nst bench}: how fast backends are on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Measures backends: matrix products and iterations of gatys, in turns.",
    description =
        "Every backend in every precision given is warmed up; then each has its turn in every round,"
            + " and medians of the rounds count. GFLOP/s of an iteration count its convolutions,"
            + " forward and backward, by the direct method, so Winograd's can be above the peak,"
            + " which is measured, as is the bandwidth of memory. heap MiB is the most that was"
            + " used, garbage included. Other work on the machine makes every figure worse.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class BenchCommand implements Runnable {

  private final Shell shell;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      split = ",",
      defaultValue = Backends.AUTO,
      converter = Values.BackendName.class,
      description =
          "What to measure: auto, cpu, cpu-vector, cuda, or several (default: auto, the fastest).")
  private List<String> backends;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      split = ",",
      converter = Values.PrecisionName.class,
      description =
          "In which arithmetic: fp32, tf32, bf16, fp16, or several (default: each backend's choice).")
  private List<Precision> precisions = List.of();

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

  @Option(
      names = "--layers",
      description =
          "Measure the kernels of an iteration instead, each beside the time that its"
              + " multiplications and its passes over memory need at least.")
  private boolean layers;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON.")
  private Path json;

  BenchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (json != null) {
      ResultFile.requireWritable("--json", json);
      AtomicFile.checkWritable(json);
    }
    try (Bench bench = Bench.open(backends, precisions, rounds)) {
      Tables tables = new Tables(shell.out());
      Figures figures = new Figures(bench.entrants());
      tables.entrants(bench.entrants());
      if (layers) {
        for (int size : sizes) {
          List<LayerTimes> times = bench.layers(size);
          tables.layers(times);
          save(figures.addLayers(times));
        }
      } else {
        report(bench.gemm(), tables, figures);
        for (int size : sizes) {
          report(bench.iterations(size), tables, figures);
        }
      }
    }
    if (json != null) {
      shell.out().println();
      shell.out().println("Written to " + json + ".");
    }
  }

  private void report(List<Measurement> measurements, Tables tables, Figures figures) {
    tables.measurements(measurements);
    save(figures.addMeasurements(measurements));
  }

  /** Called after every result, so that a size that fails takes no other with it. */
  private void save(Figures figures) {
    if (json != null) {
      figures.write(json);
    }
  }
}
