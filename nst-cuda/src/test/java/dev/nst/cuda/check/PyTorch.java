package dev.nst.cuda.check;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.GpuCheck.JavaStep;
import dev.nst.cuda.check.GpuCheck.Limit;
import dev.nst.cuda.check.Row.Status;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Times PyTorch on the same pictures and weights, between two timings of this program. */
final class PyTorch {

  private static final String RATE = "iterationsPerSecond";

  /** What the issue asks for at 512 pixels: against the best variant, and the article's script. */
  private static final double WANTED_OF_BEST = 1.5;

  private static final double WANTED_OF_ARTICLE = 3;

  private static final double OURS_SECONDS = 45;

  private static final double SCRIPT_SECONDS = 210;

  /** PyTorch alone takes that long to load from a cold disk. */
  private static final double TOO_LITTLE = 30;

  private final CheckOptions options;
  private final JavaStep java;
  private final Path work;
  private final Consumer<Row> listener;

  /**
   * Prepares the comparison.
   *
   * @param work folder for data and logs
   * @param listener told of every row as it comes
   */
  PyTorch(CheckOptions options, JavaStep java, Path work, Consumer<Row> listener) {
    this.options = options;
    this.java = java;
    this.work = work;
    this.listener = listener;
  }

  /**
   * Runs the comparison.
   *
   * @param before what was measured so far, for sizes that are timed only there
   */
  List<Row> run(List<Row> before, Limit limit) throws IOException, InterruptedException {
    int edge = options.comparedSize();
    List<Row> rows = new ArrayList<>();
    List<Integer> edges = new ArrayList<>(List.of(edge));
    options.sizes().stream().filter(size -> size != edge && !options.quick()).forEach(edges::add);
    Scene.write(work, options, edges.stream().mapToInt(Integer::intValue).toArray());

    rows.addAll(ours(edge, "first"));
    List<Row> theirs = python(edges, limit.of(SCRIPT_SECONDS + OURS_SECONDS) - OURS_SECONDS);
    rows.addAll(theirs);
    Scene.delete(work);
    if (theirs.stream().noneMatch(row -> row.numbers().containsKey(RATE))) {
      if (theirs.stream().anyMatch(row -> row.status() == Status.OK)) {
        rows.add(told(Row.of("pytorch", "", Status.FAILED, "no variant was timed")));
      }
      return rows;
    }
    rows.addAll(ours(edge, "again"));

    List<Row> ours =
        rows.stream()
            .filter(row -> row.item().startsWith("nst ") && row.numbers().containsKey(RATE))
            .toList();
    // The targets are for such a GPU; elsewhere the ratio is only told.
    boolean wanted =
        edge == 512
            && options.get("torch-device").equals("cuda")
            && ours.stream().anyMatch(row -> row.number("capability") >= SpeedStep.HOPPER);
    ours.stream()
        .mapToDouble(row -> row.number(RATE))
        .average()
        .ifPresent(rate -> rows.addAll(ratios(edge, rate, theirs, wanted)));
    for (int size : edges.subList(1, edges.size())) {
      String item = options.best().label() + " " + size;
      before.stream()
          .filter(row -> row.part().equals("speed") && row.item().equals(item))
          .filter(row -> row.status() == Status.OK)
          .findFirst()
          .ifPresent(row -> rows.addAll(ratios(size, row.number(RATE), theirs, false)));
    }
    return rows;
  }

  private List<Row> ours(int edge, String when) throws InterruptedException {
    Precision best = options.best();
    CheckOptions one = options.with("sizes", Integer.toString(edge));
    return java.run("speed", best, one, OURS_SECONDS).stream()
        .map(
            row ->
                new Row(
                    "pytorch",
                    "nst " + row.item() + " " + when,
                    row.status(),
                    row.detail(),
                    row.seconds(),
                    row.numbers()))
        .toList();
  }

  private List<Row> python(List<Integer> edges, double seconds) throws InterruptedException {
    if (seconds < TOO_LITTLE) {
      return List.of(told(Row.of("pytorch", "", Status.SKIPPED, "no time was left for it")));
    }
    StepProcess process = new StepProcess(work, "pytorch", options.get("torch-device"), listener);
    List<String> command = new ArrayList<>(List.of(options.get("python"), options.get("script")));
    command.addAll(List.of("--data", work.toString(), "--rows", process.rows().toString()));
    command.addAll(List.of("--device", options.get("torch-device")));
    command.addAll(
        List.of("--sizes", String.join(",", edges.stream().map(String::valueOf).toList())));
    command.addAll(List.of("--iterations", options.get("iterations")));
    command.addAll(List.of("--rounds", options.get("rounds")));
    // It stops in time by itself, so that what it measured is not lost.
    command.addAll(List.of("--limit", Double.toString(Math.max(10, seconds - 15))));
    if (!Files.isExecutable(Path.of(options.get("python"))) && !onPath(options.get("python"))) {
      return List.of(
          told(
              Row.of(
                  "pytorch",
                  "",
                  Status.SKIPPED,
                  "there is no " + options.get("python") + " here")));
    }
    // A compilation that runs out of time takes nothing from what was measured before it.
    return process.run(command, seconds, Status.SKIPPED);
  }

  private Row told(Row row) {
    listener.accept(row);
    return row;
  }

  private static boolean onPath(String command) {
    String path = System.getenv("PATH");
    return path != null
        && Stream.of(path.split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  private List<Row> ratios(int edge, double ours, List<Row> theirs, boolean judged) {
    List<Row> timed =
        theirs.stream()
            .filter(row -> row.status() == Status.OK && row.number("edge") == edge)
            .filter(row -> row.numbers().containsKey(RATE))
            .toList();
    List<Row> rows = new ArrayList<>();
    timed.stream()
        .max(Comparator.comparingDouble(row -> row.number(RATE)))
        .ifPresent(
            row -> rows.add(told(ratio(edge, "best PyTorch", ours, row, judged, WANTED_OF_BEST))));
    article(timed)
        .ifPresent(
            row ->
                rows.add(told(ratio(edge, "the article", ours, row, judged, WANTED_OF_ARTICLE))));
    return rows;
  }

  /** The faster of the two that could be meant, so that the ratio flatters nobody. */
  private static Optional<Row> article(List<Row> timed) {
    return timed.stream()
        .filter(row -> row.item().startsWith("article "))
        .max(Comparator.comparingDouble(row -> row.number(RATE)));
  }

  private static Row ratio(
      int edge, String against, double ours, Row theirs, boolean judged, double wanted) {
    double ratio = ours / theirs.number(RATE);
    return Row.judged(
        "pytorch",
        edge + " against " + against,
        !judged || ratio >= wanted,
        String.format(
            Locale.ROOT,
            "%.2f times as fast: %.1f it/s, PyTorch (%s) %.1f%s",
            ratio,
            ours,
            theirs.item(),
            theirs.number(RATE),
            judged ? String.format(Locale.ROOT, " (wanted: %.1f)", wanted) : ""),
        Map.of("ratio", ratio, "edge", (double) edge));
  }
}
