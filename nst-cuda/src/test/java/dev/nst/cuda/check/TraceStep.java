package dev.nst.cuda.check;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares the losses of a short run of {@code gatys} with those of the CPU. */
final class TraceStep {

  /** At every iteration, in float32. */
  private static final double FP32_TOLERANCE = 1e-3;

  /** Of the last iteration's loss, where products are rounded. */
  private static final double FINAL_TOLERANCE = 0.02;

  private TraceStep() {}

  /** Leaves the reference's losses, one a line, in {@link #file}. */
  static void reference(CheckOptions options, Path work, CheckStep.Rows rows) throws IOException {
    List<Double> trace = trace(options, options.get("reference"), Precision.FP32);
    List<String> lines = trace.stream().map(String::valueOf).toList();
    Files.write(file(work), lines);
    rows.add(
        Row.judged(
            "traces",
            "reference " + options.get("reference"),
            true,
            describe(trace),
            Map.of("first", trace.get(0), "last", last(trace))));
  }

  static void compare(CheckOptions options, Precision precision, Path work, CheckStep.Rows rows)
      throws IOException {
    List<Double> expected = Files.readAllLines(file(work)).stream().map(Double::valueOf).toList();
    List<Double> actual = trace(options, options.get("backend"), precision);
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      // Written so that a NaN is the worst of all.
      double difference = relative(actual.get(i), expected.get(i));
      worst = difference <= worst ? worst : difference;
    }
    double atEnd = relative(last(actual), last(expected));
    boolean exact = precision == Precision.FP32;
    boolean good = exact ? worst <= FP32_TOLERANCE : atEnd <= FINAL_TOLERANCE;
    String detail =
        String.format(
            Locale.ROOT,
            "%s; off by %.2g at worst and %.2g at the end (wanted: %s)",
            describe(actual),
            worst,
            atEnd,
            exact ? "1e-3 throughout" : "2e-2 at the end");
    rows.add(
        Row.judged(
            "traces", precision.label(), good, detail, Map.of("worst", worst, "end", atEnd)));
  }

  private static Path file(Path work) {
    return work.resolve("reference-trace.txt");
  }

  private static List<Double> trace(CheckOptions options, String backend, Precision precision) {
    int edge = options.integer("trace-size");
    Recipe recipe =
        Recipe.gatys().withSize(edge).withIterations(options.integer("trace-iterations"));
    List<Double> losses = new ArrayList<>();
    try (Backend opened = Scene.open(backend, precision);
        Vgg19 vgg = Scene.network(opened, options);
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .content(Scene.content(edge, edge))
                .style(Scene.style(edge, edge))
                .recipe(recipe)
                .build()) {
      job.run(step -> losses.add(step.losses().total()));
    }
    return losses;
  }

  private static double relative(double actual, double expected) {
    return Math.abs(actual - expected) / Math.abs(expected);
  }

  private static double last(List<Double> trace) {
    return trace.get(trace.size() - 1);
  }

  private static String describe(List<Double> trace) {
    return String.format(
        Locale.ROOT, "%d iterations, loss %.6g to %.6g", trace.size(), trace.get(0), last(trace));
  }
}
