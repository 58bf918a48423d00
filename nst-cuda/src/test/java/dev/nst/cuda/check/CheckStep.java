package dev.nst.cuda.check;

import dev.nst.NstException;
import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The process of one step: {@code CheckStep ROWS WORK STEP PRECISION OPTIONS...}. Appends each row
 * to the file ROWS as soon as there is one; WORK is a folder that all steps share.
 */
final class CheckStep {

  /** Where a step leaves its rows. */
  interface Rows {
    void add(Row row);
  }

  private static final int FIXED = 4;

  private CheckStep() {}

  /**
   * Runs a step.
   *
   * @param args as above
   */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    Path work = Path.of(args[1]);
    String step = args[2];
    Precision precision = Precision.of(args[3]);
    CheckOptions options = CheckOptions.parse(Arrays.copyOfRange(args, FIXED, args.length));
    long[] since = {System.nanoTime()};
    Rows rows =
        row -> {
          double seconds = (System.nanoTime() - since[0]) / 1e9;
          since[0] = System.nanoTime();
          append(file, row.withSeconds(seconds));
        };
    int status = 0;
    try {
      run(step, precision, options, work, rows);
    } catch (Throwable e) {
      // Whatever it is, an error too: it belongs into the report.
      boolean clear = e instanceof NstException;
      if (!clear) {
        e.printStackTrace();
      }
      String reason = clear ? e.getMessage() : e.toString();
      rows.add(Row.of(step, precision.label() + graphNote(), Status.FAILED, reason));
      status = 1;
    }
    // Threads of a hurt backend must not keep the process.
    System.exit(status);
  }

  private static void run(
      String step, Precision precision, CheckOptions options, Path work, Rows rows)
      throws Exception {
    switch (step) {
      case "devices" -> DevicesStep.run(options, rows);
      case "reference" -> TraceStep.reference(options, work, rows);
      case "traces" -> TraceStep.compare(options, precision, work, rows);
      case "contracts" -> ContractStep.run(options, precision, rows);
      case "speed" -> SpeedStep.run(options, precision, rows);
      case "full" -> SpeedStep.full(options, precision, rows);
      case "large" -> SpeedStep.large(options, precision, rows);
      default -> throw new IllegalArgumentException("there is no step " + step);
    }
  }

  /** Returns what to add to a row's name where iterations are not recorded. */
  static String graphNote() {
    return System.getProperty("nst.cuda.graph", "true").equals("false") ? " no graph" : "";
  }

  private static void append(Path file, Row row) {
    try {
      Files.writeString(
          file,
          row.encode() + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
