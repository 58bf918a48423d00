package dev.nst.cli;

import dev.nst.cli.paint.Watching;
import dev.nst.cli.preview.PreviewAddress;
import dev.nst.cli.shell.UsageException;
import dev.nst.cli.timelapse.TimelapseRequest;
import dev.nst.cli.watch.Invocation;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to follow a run: on a page, in files, in a film. */
final class WatchOptions {

  /** The command that these options belong to. */
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write the losses of every iteration, one JSON object a line.")
  private Path trace;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Also write the picture every N iterations, as OUTPUT-0050.png and so on.")
  private Integer saveEvery;

  @Option(
      names = "--preview",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "" + PreviewAddress.DEFAULT_PORT,
      converter = Values.Port.class,
      description = {
        "Show the picture as it grows, with loss curves and a stop button, on a page for the",
        "browsers of this machine (port: ${FALLBACK-VALUE}; 0: any that is free)."
      })
  private Integer preview;

  @Option(
      names = "--preview-host",
      paramLabel = "HOST",
      description = {
        "Serve the preview on another address of this machine, where others may reach it",
        "(default: " + PreviewAddress.DEFAULT_HOST + ")."
      })
  private String previewHost;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write an HTML page with pictures, curves, settings and timings at the end.")
  private Path report;

  @Option(
      names = "--timelapse",
      paramLabel = "FILE",
      description = {
        "Film how the picture grows: .gif, .png (APNG, all colours), or .mp4 if ffmpeg is on",
        "this machine. The result stays for two seconds."
      })
  private Path timelapse;

  @Option(
      names = "--timelapse-frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = {
        "Frames of the film, more of them early, when more changes (default: "
            + TimelapseRequest.DEFAULT_FRAMES
            + ")."
      })
  private Integer timelapseFrames;

  @Option(
      names = "--timelapse-rate",
      paramLabel = "N",
      converter = Values.FrameRate.class,
      description = "Frames a second (default: " + TimelapseRequest.DEFAULT_RATE + ").")
  private Integer timelapseRate;

  @Option(
      names = "--timelapse-size",
      paramLabel = "N",
      converter = Values.Size.class,
      description = "Shorter edge of the film in pixels (default: the picture's).")
  private Integer timelapseSize;

  /**
   * Returns how to follow the run.
   *
   * @throws UsageException if an option says more of something that was not asked for
   */
  Watching toWatching() {
    requireMain("--preview-host", previewHost, "--preview", preview);
    requireMain("--timelapse-frames", timelapseFrames, "--timelapse", timelapse);
    requireMain("--timelapse-rate", timelapseRate, "--timelapse", timelapse);
    requireMain("--timelapse-size", timelapseSize, "--timelapse", timelapse);
    return new Watching(
        trace,
        or(saveEvery, 0),
        preview == null
            ? null
            : new PreviewAddress(or(previewHost, PreviewAddress.DEFAULT_HOST), preview),
        report,
        timelapse == null
            ? null
            : new TimelapseRequest(
                timelapse,
                or(timelapseFrames, TimelapseRequest.DEFAULT_FRAMES),
                or(timelapseRate, TimelapseRequest.DEFAULT_RATE),
                or(timelapseSize, 0)),
        new Invocation(
            Version.number(), command.root().commandLine().getParseResult().originalArgs()));
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  private static void requireMain(String option, Object given, String main, Object mainGiven) {
    if (given != null && mainGiven == null) {
      throw new UsageException(option + " says more about " + main + "; give that as well.");
    }
  }
}
