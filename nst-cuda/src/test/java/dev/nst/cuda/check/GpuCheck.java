package dev.nst.cuda.check;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Checks and measures a device, part by part, each step in a process of its own and within a limit
 * of time; prints rows as they come and a report at the end. Exit status: 0 if nothing failed, 1
 * otherwise, 2 for bad usage.
 */
final class GpuCheck {

  /** A step is not started with less time than this left, in seconds. */
  private static final double TOO_LITTLE = 8;

  private final CheckOptions options;
  private final Path work;
  private final Report report;
  private final long start = System.nanoTime();
  private final List<Row> rows = new ArrayList<>();

  private GpuCheck(CheckOptions options, Path work, Report report) {
    this.options = options;
    this.work = work;
    this.report = report;
  }

  /** Runs the check; see {@link CheckOptions#USAGE}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(CheckOptions.USAGE);
      return;
    }
    CheckOptions options;
    try {
      options = CheckOptions.parse(args);
    } catch (RuntimeException e) {
      System.err.println("gpu-check: " + e.getMessage());
      System.err.print(CheckOptions.USAGE);
      System.exit(2);
      return;
    }
    Path work = Files.createTempDirectory("gpu-check-");
    Report report = new Report(options, String.join(" ", args));
    GpuCheck check = new GpuCheck(options, work, report);
    check.runAll();
    System.out.println();
    System.out.print(report.markdown(check.rows));
    long failed = check.rows.stream().filter(row -> row.status() == Status.FAILED).count();
    System.out.printf("%n%d rows, %d failed; logs in %s%n", check.rows.size(), failed, work);
    System.exit(failed == 0 ? 0 : 1);
  }

  private void runAll() throws IOException, InterruptedException {
    for (String part : CheckOptions.PARTS) {
      if (options.parts().contains(part)) {
        try {
          run(part);
        } catch (IOException | RuntimeException e) {
          add(Row.of(part, "", Status.FAILED, e.toString()));
        }
        report.writeJson(rows);
        gatherLogs();
      }
    }
  }

  /** One file instead of one for each step, because a lent machine may give back only a few. */
  private void gatherLogs() throws IOException {
    if (options.get("log").isEmpty()) {
      return;
    }
    List<Path> logs;
    try (Stream<Path> files = Files.list(work)) {
      logs = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(Path.of(options.get("log")))) {
      for (Path log : logs) {
        out.write(("==== " + log.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
        Files.copy(log, out);
      }
    }
  }

  private void run(String part) throws IOException, InterruptedException {
    Precision best = options.best();
    switch (part) {
      case "devices" -> step("devices", best, 60);
      case "traces" -> {
        step("reference", best, 90);
        for (Precision precision : options.precisions()) {
          step("traces", precision, 60);
        }
      }
      case "contracts" -> {
        List<Precision> precisions = options.quick() ? List.of(best) : bestFirst();
        for (int i = 0; i < precisions.size(); i++) {
          // Alone they may take all the time there is; among others, what leaves enough to those.
          boolean alone = !options.parts().contains("speed");
          double share = limit(Double.MAX_VALUE) / (precisions.size() - i);
          step("contracts", precisions.get(i), alone ? share : Math.min(share, 60));
        }
      }
      case "speed" -> {
        for (Precision precision : options.precisions()) {
          step("speed", precision, 75);
        }
        if (options.get("backend").equals("cuda")) {
          rows.addAll(java("speed", best, options, 45, "-Dnst.cuda.graph=false"));
        }
      }
      case "full" -> step("full", best, 75);
      case "large" -> step("large", best, 150);
      case "pytorch" ->
          rows.addAll(new PyTorch(options, this::java, work, this::print).run(rows, this::limit));
      default -> throw new IllegalArgumentException(part);
    }
  }

  private List<Precision> bestFirst() {
    return options.precisions().stream()
        .sorted(Comparator.comparing((Precision precision) -> precision != options.best()))
        .toList();
  }

  private void step(String step, Precision precision, double seconds) throws InterruptedException {
    rows.addAll(java(step, precision, options, seconds));
  }

  /** Returns how long a step may take that would like so many seconds; little if time is over. */
  private double limit(double wanted) {
    double left = 60 * options.integer("minutes") - (System.nanoTime() - start) / 1e9;
    return Math.min(wanted, left);
  }

  /** Runs {@link CheckStep} with this JVM's own options and class path. */
  private List<Row> java(
      String step, Precision precision, CheckOptions with, double seconds, String... jvmOptions)
      throws InterruptedException {
    String item = precision.label() + (jvmOptions.length == 0 ? "" : " no graph");
    double limit = limit(seconds);
    if (limit < TOO_LITTLE) {
      Row skipped = Row.of(step, item, Status.SKIPPED, "no time was left for it");
      print(skipped);
      return List.of(skipped);
    }
    StepProcess process = new StepProcess(work, step, item, this::print);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Dnst.cuda.device=real");
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CheckStep.class.getName());
    command.addAll(List.of(process.rows().toString(), work.toString(), step, precision.label()));
    command.addAll(with.arguments());
    return process.run(command, limit, Status.FAILED);
  }

  private void add(Row row) {
    print(row);
    rows.add(row);
  }

  private void print(Row row) {
    System.out.printf(
        Locale.ROOT,
        "%6.1f s  %-9s %-22s %-7s %s%n",
        (System.nanoTime() - start) / 1e9,
        row.part(),
        row.item(),
        row.status().name().toLowerCase(Locale.ROOT),
        row.detail());
  }

  /** How {@link PyTorch} times this program between its own runs. */
  @FunctionalInterface
  interface JavaStep {
    List<Row> run(
        String step, Precision precision, CheckOptions with, double seconds, String... jvmOptions)
        throws InterruptedException;
  }

  /** How long something may take that would like so many seconds. */
  @FunctionalInterface
  interface Limit {
    double of(double wantedSeconds);
  }
}
