package dev.nst.cuda.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the report.
 *
 * @param part what the line belongs to: {@code speed}
 * @param item what was done: {@code bf16 512}
 * @param status how it went
 * @param detail what there is to say, on one line
 * @param seconds how long it took
 * @param numbers what was measured, by name
 */
record Row(
    String part,
    String item,
    Status status,
    String detail,
    double seconds,
    Map<String, Double> numbers) {

  /** How a step went. */
  enum Status {
    OK,
    FAILED,
    SKIPPED
  }

  Row {
    item = oneLine(item);
    detail = oneLine(detail);
    numbers = new LinkedHashMap<>(numbers);
  }

  static Row of(String part, String item, Status status, String detail) {
    return new Row(part, item, status, detail, 0, Map.of());
  }

  static Row judged(
      String part, String item, boolean good, String detail, Map<String, Double> numbers) {
    return new Row(part, item, good ? Status.OK : Status.FAILED, detail, 0, numbers);
  }

  Row withSeconds(double value) {
    return new Row(part, item, status, detail, value, numbers);
  }

  double number(String name) {
    return numbers.getOrDefault(name, Double.NaN);
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.replaceAll("\\s+", " ").strip();
  }

  /** Returns the form in which a step's process hands a row to {@link GpuCheck}. */
  String encode() {
    StringBuilder text = new StringBuilder();
    text.append(part).append('\t').append(item).append('\t').append(status).append('\t');
    text.append(detail).append('\t').append(seconds);
    numbers.forEach((name, value) -> text.append('\t').append(name).append('=').append(value));
    return text.toString();
  }

  /** Reads what {@link #encode} wrote; empty for half a line, as a dying process leaves one. */
  static Optional<Row> decode(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length < 5) {
      return Optional.empty();
    }
    try {
      Map<String, Double> numbers = new LinkedHashMap<>();
      for (int i = 5; i < fields.length; i++) {
        int equals = fields[i].indexOf('=');
        numbers.put(
            fields[i].substring(0, equals), Double.valueOf(fields[i].substring(equals + 1)));
      }
      double seconds = Double.parseDouble(fields[4]);
      return Optional.of(
          new Row(fields[0], fields[1], Status.valueOf(fields[2]), fields[3], seconds, numbers));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
