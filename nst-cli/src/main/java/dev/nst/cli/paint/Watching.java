package dev.nst.cli.paint;

import dev.nst.cli.preview.PreviewAddress;
import dev.nst.cli.timelapse.TimelapseRequest;
import dev.nst.cli.watch.Invocation;
import java.nio.file.Path;
import java.util.List;

/**
 * How the user wants to follow a run.
 *
 * @param trace where the losses go, one JSON object a line, or null
 * @param saveEvery number of iterations between saved pictures, or 0 for none
 * @param preview where to serve a page that shows the run, or null
 * @param report where a page about the run goes, or null
 * @param timelapse the film to make, or null
 * @param invocation how nst was called, for the report
 */
public record Watching(
    Path trace,
    int saveEvery,
    PreviewAddress preview,
    Path report,
    TimelapseRequest timelapse,
    Invocation invocation) {

  /** Returns that nobody looks on. */
  public static Watching none() {
    return new Watching(null, 0, null, null, null, new Invocation("", List.of()));
  }
}
