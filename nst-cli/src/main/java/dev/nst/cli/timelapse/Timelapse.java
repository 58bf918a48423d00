package dev.nst.cli.timelapse;

import dev.nst.NstException;
import dev.nst.cli.shell.Failures;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Watcher;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Resize;
import dev.nst.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Films how the picture grows. Frames go to the encoder as they come, into a file beside the film's
 * place that moves there once it is complete: at the end of the run, or earlier, when the run is
 * stopped or fails.
 */
public final class Timelapse implements Watcher {

  /** The result is shown for so long before the film begins anew. */
  private static final int HOLD_SECONDS = 2;

  private final TimelapseRequest request;
  private final Path temporary;
  private FrameSchedule schedule;
  private FrameQueue film;
  private int frames;

  /** Prepares a film; nothing is written before the run begins. */
  public Timelapse(TimelapseRequest request) {
    this.request = request;
    temporary = request.file().resolveSibling(".nst-" + UUID.randomUUID() + ".tmp");
  }

  @Override
  public void begin(Scene scene) {
    Dimensions size = size(scene.size());
    schedule = new FrameSchedule(request.frames(), scene.iterations());
    try {
      film =
          new FrameQueue(FilmFormat.of(request.file()).open(temporary, size, request.rate()), size);
      // For the case that the process ends and nobody closes this.
      temporary.toFile().deleteOnExit();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private Dimensions size(Dimensions picture) {
    return request.size() == 0 || request.size() >= picture.shortEdge()
        ? picture
        : Resize.shortEdgeDimensions(picture.width(), picture.height(), request.size());
  }

  @Override
  public void onStep(Moment moment) {
    if (schedule.isDue(moment.done())) {
      add(moment.picture(), 1);
    }
  }

  private void add(Image picture, int shown) {
    try {
      film.add(picture, shown);
      frames++;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public Optional<Path> finish(Outcome outcome) {
    add(outcome.picture(), HOLD_SECONDS * request.rate());
    complete();
    return Optional.of(request.file());
  }

  @Override
  public Optional<String> abandon() {
    if (frames == 0) {
      return Optional.empty();
    }
    complete();
    return Optional.of("The film until then is " + request.file() + ".");
  }

  private void complete() {
    try {
      film.finish();
      film.close();
      film = null;
      AtomicFile.move(temporary, request.file());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private NstException unwritable(IOException e) {
    return Failures.of("write the film", request.file(), e);
  }

  @Override
  public void close() {
    try {
      if (film != null) {
        film.close();
      }
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
