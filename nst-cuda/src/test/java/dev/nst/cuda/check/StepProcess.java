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

/** A process that leaves rows in a file, and what became of it. */
final class StepProcess {

  private static final int LINES_SHOWN = 25;

  private final Path work;
  private final String part;
  private final String item;

  /**
   * Names the step.
   *
   * @param work folder for its rows and its log
   * @param part what its own rows belong to, if it fails to write any
   * @param item likewise
   */
  StepProcess(Path work, String part, String item) {
    this.work = work;
    this.part = part;
    this.item = item;
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
   * @return its rows, with one more where it crashed, hung or could not be started
   */
  List<Row> run(List<String> command, double seconds) throws InterruptedException {
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
      boolean ended = process.waitFor((long) (1000 * seconds), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      found.addAll(read());
      boolean failed = found.stream().anyMatch(row -> row.status() == Status.FAILED);
      if (!ended) {
        found.add(bad(Row.KILLED + Math.round(seconds) + " s, its limit", start));
      } else if (process.exitValue() != 0 && !failed) {
        found.add(bad("ended with status " + process.exitValue() + ": " + lastLine(), start));
      } else if (found.isEmpty()) {
        found.add(bad("ended without a word: " + lastLine(), start));
      }
    } catch (IOException e) {
      found.add(bad(e.getMessage(), start));
    }
    if (found.stream().anyMatch(row -> row.status() == Status.FAILED)) {
      showLog();
    }
    return found;
  }

  private Row bad(String reason, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return Row.of(part, item, Status.FAILED, reason).withSeconds(seconds);
  }

  private List<Row> read() throws IOException {
    return Files.exists(rows())
        ? lines(rows()).stream().map(Row::decode).flatMap(Optional::stream).toList()
        : List.of();
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

  /** Native code may print anything, so bytes that are no UTF-8 must not matter. */
  private static List<String> lines(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
  }
}
