package dev.nst.bench.pytorch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables in Markdown, and JSON. */
final class Report {

  private Report() {}

  /**
   * Prints the table of one size, cpu-vector first.
   *
   * @param iterations of a round, unless they take too long
   */
  static void print(PrintStream out, List<Result> results, int iterations) {
    Result ours = results.get(0);
    out.printf(
        "%n| `gatys` iteration, %1$dx%1$d | median ms | best ms | times cpu-vector | by round"
            + " | losses differ | peak MiB |%n|---|---:|---:|---:|---|---:|---:|%n",
        ours.edge());
    for (Result result : results) {
      double[] range = result.ratios(ours);
      out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.1f | %.2f | %.2f to %.2f | %.1e | %.0f |%n",
          result.setup().label(),
          result.median(),
          result.best(),
          result.ratio(ours),
          range[0],
          range[1],
          result.difference(),
          result.peakMebibytes());
    }
    for (Result result : results) {
      if (result.roundIterations() < iterations) {
        out.printf(
            "%nOf %s a round is %d of %d iterations, as one takes over a second.%n",
            result.setup().label(), result.roundIterations(), iterations);
      }
    }
  }

  /**
   * Prints for each size how many times as fast cpu-vector is as the best of libtorch's tuned fp32,
   * its bfloat16, and libtorch as it comes; those that ran.
   */
  static void printRatios(PrintStream out, List<List<Result>> sizes) {
    out.println();
    for (List<Result> results : sizes) {
      Result ours = results.get(0);
      results.stream()
          .filter(Report::isTunedSingle)
          .min(Comparator.comparingDouble(Result::median))
          .ifPresent(best -> printRatio(out, "fp32 at its best", best, ours));
      for (Result result : results) {
        switch (result.setup().key()) {
          case Setup.BFLOAT16 -> printRatio(out, "bf16", result, ours);
          case Setup.AS_IT_COMES -> printRatio(out, "fp32 as it comes", result, ours);
          default -> {}
        }
      }
    }
  }

  private static void printRatio(PrintStream out, String what, Result result, Result ours) {
    double[] range = result.ratios(ours);
    out.printf(
        Locale.ROOT,
        "%1$dx%1$d: cpu-vector is %2$.2f times as fast as libtorch %3$s (%4$s), by round %5$.2f to"
            + " %6$.2f%n",
        ours.edge(),
        result.ratio(ours),
        what,
        result.setup().key(),
        range[0],
        range[1]);
  }

  private static boolean isTunedSingle(Result result) {
    return !List.of(Setup.OURS, Setup.AS_IT_COMES, Setup.BFLOAT16).contains(result.setup().key());
  }

  /**
   * Writes all results.
   *
   * @param facts about the machine and the run
   */
  static void write(Path file, Map<String, String> facts, List<List<Result>> sizes)
      throws IOException {
    try (Writer writer = Files.newBufferedWriter(file);
        JsonGenerator json = new JsonFactory().createGenerator(writer)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      for (Map.Entry<String, String> fact : facts.entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeArrayFieldStart("results");
      for (List<Result> results : sizes) {
        for (Result result : results) {
          write(json, result, results.get(0));
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, Result result, Result ours) throws IOException {
    json.writeStartObject();
    json.writeNumberField("edge", result.edge());
    json.writeStringField("contestant", result.setup().key());
    json.writeStringField("label", result.setup().label());
    json.writeNumberField("iterationsPerRound", result.roundIterations());
    json.writeNumberField("medianMilliseconds", result.median());
    json.writeNumberField("bestMilliseconds", result.best());
    json.writeNumberField("timesCpuVector", result.ratio(ours));
    json.writeNumberField("lossDifference", result.difference());
    if (!Double.isNaN(result.peakMebibytes())) {
      json.writeNumberField("peakMebibytes", result.peakMebibytes());
    }
    json.writeFieldName("milliseconds");
    json.writeArray(result.milliseconds(), 0, result.milliseconds().length);
    json.writeObjectFieldStart("environment");
    for (Map.Entry<String, String> variable : result.setup().environment().entrySet()) {
      json.writeStringField(variable.getKey(), variable.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
