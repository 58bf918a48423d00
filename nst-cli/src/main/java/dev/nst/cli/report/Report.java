package dev.nst.cli.report;

import dev.nst.cli.shell.Failures;
import dev.nst.cli.watch.Invocation;
import dev.nst.cli.watch.LossHistory;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Tempo;
import dev.nst.cli.watch.Watcher;
import dev.nst.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Writes a page about the run when it is over. */
public final class Report implements Watcher {

  private final Path file;
  private final Invocation invocation;
  private final Clock clock;
  private final Instant called;
  private final LossHistory history = new LossHistory();
  private final Tempo tempo = new Tempo();
  private Instant began;
  private Scene scene;

  /**
   * Prepares a report; nothing is written before the run is over.
   *
   * @param file where it goes
   * @param invocation how to do the same again
   * @param clock says now when the run was called for
   */
  public Report(Path file, Invocation invocation, Clock clock) {
    this.file = file;
    this.invocation = invocation;
    this.clock = clock;
    called = clock.instant();
  }

  @Override
  public void begin(Scene newScene) {
    scene = newScene;
    began = clock.instant();
  }

  @Override
  public void onStep(Moment moment) {
    tempo.onStep(moment.done(), moment.seconds());
    history.onStep(moment);
  }

  @Override
  public Optional<Path> finish(Outcome outcome) {
    Timings timings =
        new Timings(
            seconds(called, began),
            tempo.firstSeconds(),
            tempo.perSecond(),
            tempo.seconds(),
            seconds(called, clock.instant()));
    String page =
        ReportPage.of(
            scene,
            outcome,
            history.points(),
            timings,
            invocation,
            ZonedDateTime.ofInstant(called, clock.getZone()));
    try (AtomicFile out = AtomicFile.open(file)) {
      out.stream().write(page.getBytes(StandardCharsets.UTF_8));
      out.commit();
    } catch (IOException e) {
      throw Failures.of("write the report", file, e);
    }
    return Optional.of(file);
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }
}
