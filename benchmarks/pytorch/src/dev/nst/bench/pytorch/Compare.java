package dev.nst.bench.pytorch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Runs the contest: see {@code scripts/bench-vs-pytorch.sh}, which starts it. */
@Command(
    name = "bench-vs-pytorch.sh",
    sortOptions = false,
    description = "Times iterations of gatys on cpu-vector and in libtorch, in turns.")
final class Compare implements Callable<Integer> {

  /** Iterations whose losses must agree: enough that wrong gradients or steps would show. */
  private static final int CHECKED = 5;

  /** Share of the processors that others may use without being mentioned. */
  private static final double QUIET = 0.05;

  @Option(names = "--sizes", split = ",", defaultValue = "256,512", description = "edges in pixels")
  private List<Integer> sizes;

  @Option(names = "--rounds", defaultValue = "7", description = "rounds (default: 7)")
  private int rounds;

  @Option(names = "--iterations", defaultValue = "5", description = "in a round (default: 5)")
  private int iterations;

  @Option(names = "--warm-up", defaultValue = "40", description = "iterations before (default: 40)")
  private int warmUp;

  @Option(names = "--threads", description = "default: the physical cores")
  private int threads = Integer.getInteger("cores");

  @Option(
      names = "--bits",
      description = "256 holds both sides to AVX2; 512 asks cpu-vector for it")
  private int bits;

  @Option(names = "--only", split = ",", description = "default, nchw, nhwc, nhwc-1, bf16")
  private List<String> only = List.of();

  @Option(names = "--json", description = "file for all figures")
  private Path json;

  @Option(names = "--nst-jvm", split = " ", description = "further JVM options of cpu-vector")
  private List<String> options = List.of();

  @Option(names = "--help", usageHelp = true, description = "prints this")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Compare() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Compare())
            .setExecutionExceptionHandler(
                (reason, command, parsed) -> {
                  command.getErr().println("bench-vs-pytorch: " + reason.getMessage());
                  return 1;
                })
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (Math.min(Math.min(rounds, iterations), Math.min(warmUp, threads)) < 1) {
      throw new ParameterException(
          spec.commandLine(), "Rounds, iterations, warm-up and threads must be at least 1.");
    }
    if (bits != 0 && bits != 256 && bits != 512) {
      throw new ParameterException(spec.commandLine(), "--bits must be 256 or 512, got " + bits);
    }
    List<Setup> setups = Setup.all(threads, bits, options);
    for (String key : only) {
      if (setups.stream().noneMatch(setup -> setup.key().equals(key))) {
        throw new ParameterException(
            spec.commandLine(), "There is no contestant " + key + " here.");
      }
    }
    setups.removeIf(
        setup -> !only.isEmpty() && !setup.key().equals(Setup.OURS) && !only.contains(setup.key()));
    double busy = Machine.busyShare();
    if (busy > QUIET) {
      System.err.printf(
          "bench-vs-pytorch: other programs use %.0f %% of the processors; libtorch's threads wait"
              + " for each other and lose more by that than cpu-vector, so ratios come out too"
              + " high.%n",
          100 * busy);
    }
    List<List<Result>> all = new ArrayList<>();
    for (int edge : sizes) {
      List<Result> results = compare(setups, edge);
      Report.print(System.out, results, iterations);
      all.add(results);
      if (json != null) {
        // After every size, so that a large one that fails takes nothing with it.
        Report.write(json, facts(busy), all);
      }
    }
    Report.printRatios(System.out, all);
    return 0;
  }

  private List<Result> compare(List<Setup> setups, int edge) throws IOException {
    List<Contestant> contestants = new ArrayList<>();
    try {
      for (Setup setup : setups) {
        contestants.add(new Contestant(setup, edge));
      }
      double[] differences = check(contestants);
      for (Contestant contestant : contestants) {
        contestant.warmUp(warmUp, iterations);
      }
      double[][] milliseconds = new double[contestants.size()][rounds];
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < contestants.size(); i++) {
          milliseconds[i][round] = contestants.get(i).round();
        }
      }
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < contestants.size(); i++) {
        Contestant contestant = contestants.get(i);
        results.add(
            new Result(
                edge,
                contestant.setup(),
                contestant.roundIterations(),
                milliseconds[i],
                differences[i],
                contestant.peakMebibytes()));
      }
      return results;
    } finally {
      for (Contestant contestant : contestants) {
        contestant.close();
      }
    }
  }

  /** Refuses to compare programs that compute different things. */
  private static double[] check(List<Contestant> contestants) throws IOException {
    List<double[]> expected = contestants.get(0).check(CHECKED);
    double[] differences = new double[contestants.size()];
    for (int i = 1; i < differences.length; i++) {
      Contestant contestant = contestants.get(i);
      List<double[]> losses = contestant.check(CHECKED);
      for (int j = 0; j < CHECKED; j++) {
        differences[i] = Math.max(differences[i], difference(losses.get(j), expected.get(j)));
      }
      if (!(differences[i] <= contestant.setup().tolerance())) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the losses of %s differ from cpu-vector's by %.2g, more than %.0e, so the two"
                    + " do not compute the same and are not timed.",
                contestant.setup().label(),
                differences[i],
                contestant.setup().tolerance()));
      }
    }
    return differences;
  }

  /** Returns the largest relative difference of content, style and total variation. */
  private static double difference(double[] losses, double[] expected) {
    // The content loss starts at 0, or at the rounding of two ways to compute it: it counts by its
    // share of the sum. The others count by themselves.
    double sum = expected[0] + expected[1] + expected[2];
    double content = Math.abs(losses[0] - expected[0]) / sum;
    double style = Math.abs(losses[1] / expected[1] - 1);
    double variation = Math.abs(losses[2] / expected[2] - 1);
    return Math.max(content, Math.max(style, variation));
  }

  private Map<String, String> facts(double busy) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("java", Runtime.version().toString());
    facts.put("libtorch", System.getProperty("libtorch"));
    facts.put("processor", System.getProperty("processor"));
    facts.put("busyBefore", String.format(Locale.ROOT, "%.2f", busy));
    facts.put("threads", Integer.toString(threads));
    facts.put("bits", bits == 0 ? "as the machine has" : Integer.toString(bits));
    facts.put("mostIterationsPerRound", Integer.toString(iterations));
    facts.put("mostWarmUpIterations", Integer.toString(warmUp));
    return facts;
  }
}
