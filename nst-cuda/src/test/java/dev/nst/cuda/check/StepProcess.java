package dev.nst.cuda.check;

import dev.nst.cuda.check.Row.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process that leaves rows in a file, and what became of it. Rows are told as they come: who
 * watches a lent machine has only those when its time is over.
 */
final class StepProcess {

  private static final int LINES_SHOWN = 25;

  /** How often the file is looked at. */
  private static final long LOOK_MILLIS = 250;

  private final Path work;
  private final String part;
  private final String item;
  private final Consumer<Row> listener;

  /**
   * Names the step.
   *
   * @param work folder for its rows and its log
   * @param part what its own rows belong to, if it fails to write any
   * @param item likewise
   * @param listener told of every row once
   */
  StepProcess(Path work, String part, String item, Consumer<Row> listener) {
    this.work = work;
    this.part = part;
    this.item = item;
    this.listener = listener;
  }

  /** Returns the file that the process is to append its rows to. */
  Path rows() {
    return work.resolve(name() + ".rows");
  }

  private Path log() {
    return work.resolve(name() + ".log");
  }

  private String name() {
    return (part + "-" + item).replaceAll("[^A-Za-z0-9]+", "-");
  }

  /**
   * Runs a command and waits for it.
   *
   * @param seconds after which it is killed
   * @param overrun what that counts as
   * @return its rows, with one more where it crashed, hung or could not be started
   */
  List<Row> run(List<String> command, double seconds, Status overrun) throws InterruptedException {
    List<Row> found = new ArrayList<>();
    long start = System.nanoTime();
    try {
      Files.deleteIfExists(rows());
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log().toFile())
              .start();
      process.getOutputStream().close();
      boolean ended = false;
      while (!ended && System.nanoTime() - start < 1e9 * seconds) {
        ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        tellNew(found);
      }
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        tellNew(found);
      }
      boolean failed = found.stream().anyMatch(row -> row.status() == Status.FAILED);
      if (!ended) {
        tell(found, last(overrun, "killed after " + Math.round(seconds) + " s, its limit", start));
      } else if (process.exitValue() != 0 && !failed) {
        String reason = "ended with status " + process.exitValue() + ": " + lastLine();
        tell(found, last(Status.FAILED, reason, start));
      } else if (found.isEmpty()) {
        tell(found, last(Status.FAILED, "ended without a word: " + lastLine(), start));
      }
    } catch (IOException e) {
      tell(found, last(Status.FAILED, e.getMessage(), start));
    }
    if (found.stream().anyMatch(row -> row.status() == Status.FAILED)) {
      showLog();
    }
    return found;
  }

  private void tell(List<Row> found, Row row) {
    found.add(row);
    listener.accept(row);
  }

  /** Adds the rows that the file has beyond those found, but for a line without its end. */
  private void tellNew(List<Row> found) throws IOException {
    if (!Files.exists(rows())) {
      return;
    }
    String text = text(rows());
    List<Row> rows =
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .map(Row::decode)
            .flatMap(Optional::stream)
            .toList();
    rows.subList(found.size(), rows.size()).forEach(row -> tell(found, row));
  }

  private Row last(Status status, String reason, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return Row.of(part, item, status, reason).withSeconds(seconds);
  }

  private String lastLine() throws IOException {
    List<String> lines = lines(log()).stream().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1);
  }

  private void showLog() {
    try {
      List<String> lines = lines(log());
      System.err.println("--- the end of what " + part + " " + item + " printed");
      lines
          .subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
          .forEach(line -> System.err.println("    " + line));
    } catch (IOException e) {
      System.err.println("--- " + part + " " + item + " printed nothing that can be read: " + e);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return text(file).lines().toList();
  }

  /** Native code may print anything, so bytes that are no UTF-8 must not matter. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
