package dev.nst.cli.paint;

import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.transfer.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Saves the picture every so many iterations, as {@code output-0050.png} beside {@code output.png}.
 * A picture is written one iteration later than it is made, when its losses are known to be
 * numbers, so that a run that diverges leaves only good ones.
 */
final class Snapshots {

  private final Path output;
  private final int every;
  private Image pending;
  private Path pendingPath;
  private Path last;

  /**
   * Saves nothing yet.
   *
   * @param every number of iterations from one picture to the next, or 0 for none at all
   */
  Snapshots(Path output, int every) {
    this.output = output;
    this.every = every;
  }

  /** Returns the name of the picture after {@code done} iterations. */
  static Path path(Path output, int done) {
    String name = output.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String extension = dot < 0 ? "" : name.substring(dot);
    return output.resolveSibling("%s-%04d%s".formatted(stem, done, extension));
  }

  /** Returns the names of all pictures of a run. */
  static List<Path> paths(Path output, int every, int iterations) {
    List<Path> paths = new ArrayList<>();
    if (every > 0) {
      for (int done = every; done <= iterations; done += every) {
        paths.add(path(output, done));
      }
    }
    return paths;
  }

  /** Takes note of an iteration whose losses were numbers. */
  void onStep(Step step) {
    flush();
    int done = step.iteration() + 1;
    if (every > 0 && done % every == 0) {
      pending = step.image();
      pendingPath = path(output, done);
    }
  }

  /** Writes the picture that waits, if there is one. */
  void flush() {
    if (pending != null) {
      Image image = pending;
      pending = null;
      Images.write(image, pendingPath);
      last = pendingPath;
    }
  }

  /** Returns the picture saved last. */
  Optional<Path> last() {
    return Optional.ofNullable(last);
  }
}
