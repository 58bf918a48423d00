package dev.nst.cuda.check;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.cuda.check.Row.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the rows as Markdown, for {@code docs/benchmarks.md}, and as JSON. */
final class Report {

  private final CheckOptions options;
  private final String command;
  private final LocalDate date = LocalDate.now(ZoneOffset.UTC);

  Report(CheckOptions options, String arguments) {
    this.options = options;
    this.command = ("./gpu-check " + arguments).strip();
  }

  /** What a reader must know of the machine: the device rows of the checked backend. */
  private String machine(List<Row> rows) {
    String name = options.get("backend");
    return rows.stream()
        .filter(row -> row.part().equals("devices"))
        .filter(
            row ->
                row.item().equals("nvidia-smi")
                    || row.item().equals(name)
                    || row.item().startsWith(name + ": ") && isVersion(row))
        .map(row -> row.item().equals(name) ? row.detail() : row.item() + " " + row.detail())
        .collect(Collectors.joining("; "));
  }

  /** Tells versions from libraries and their folders, which are nobody else's business. */
  private static boolean isVersion(Row row) {
    return !row.item().contains(": lib") && !row.item().contains(": device");
  }

  String markdown(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    text.append(date).append(", `").append(command).append("`\n\n");
    text.append(machine(rows)).append("\n\n");
    appendSpeed(text, rows);
    text.append("| part | what | result | s | detail |\n|---|---|---|---:|---|\n");
    for (Row row : rows) {
      if (!row.part().equals("devices")) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.1f | %s |%n",
                row.part(),
                row.item(),
                row.status().name().toLowerCase(Locale.ROOT),
                row.seconds(),
                row.detail().replace("|", "\\|")));
      }
    }
    return text.toString();
  }

  private void appendSpeed(StringBuilder text, List<Row> rows) {
    List<Row> timed =
        rows.stream()
            .filter(row -> row.numbers().containsKey("iterationsPerSecond"))
            .filter(row -> row.status() == Status.OK)
            .toList();
    if (timed.isEmpty()) {
      return;
    }
    double peak =
        timed.stream()
            .filter(row -> row.item().startsWith(best()) || row.item().startsWith("nst " + best()))
            .mapToDouble(row -> row.number("peakFlopsPerSecond"))
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    if (Double.isFinite(peak)) {
      text.append(
          String.format(
              Locale.ROOT,
              "Share is of the measured %s matrix peak, %.1f TFLOP/s.%n%n",
              best(),
              peak / 1e12));
    }
    text.append(
        "| one iteration of gatys | it/s | ms | TFLOP/s | share | planned MiB | taken MiB |\n");
    text.append("|---|---:|---:|---:|---:|---:|---:|\n");
    for (Row row : timed) {
      double flops = row.number("flopsPerSecond");
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s | %s |%n",
              row.part().equals("pytorch") ? "pytorch: " + row.item() : row.item(),
              cell("%.1f", row.number("iterationsPerSecond")),
              cell("%.3f", row.number("milliseconds")),
              cell("%.1f", flops / 1e12),
              cell("%.0f %%", 100 * flops / peak),
              cell("%.0f", row.number("plannedBytes") / (1 << 20)),
              cell("%.0f", row.number("takenBytes") / (1 << 20))));
    }
    text.append('\n');
  }

  private String best() {
    return options.best().label();
  }

  private static String cell(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
  }

  /** Writes the file that {@code --json} names, if it names one. */
  void writeJson(List<Row> rows) throws IOException {
    if (options.get("json").isEmpty()) {
      return;
    }
    Path file = Path.of(options.get("json"));
    try (JsonGenerator out = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      out.useDefaultPrettyPrinter();
      out.writeStartObject();
      out.writeStringField("date", date.toString());
      out.writeStringField("command", command);
      out.writeStringField("machine", machine(rows));
      out.writeArrayFieldStart("rows");
      for (Row row : rows) {
        out.writeStartObject();
        out.writeStringField("part", row.part());
        out.writeStringField("item", row.item());
        out.writeStringField("status", row.status().name().toLowerCase(Locale.ROOT));
        out.writeStringField("detail", row.detail());
        out.writeNumberField("seconds", row.seconds());
        for (Map.Entry<String, Double> number : row.numbers().entrySet()) {
          // JSON has no NaN.
          if (Double.isFinite(number.getValue())) {
            out.writeNumberField(number.getKey(), number.getValue());
          }
        }
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }
}
