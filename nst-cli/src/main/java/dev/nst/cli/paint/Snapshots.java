package dev.nst.cli.paint;

import dev.nst.cli.shell.ResultFile;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Watcher;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.image.OutputOptions;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Saves the picture every so many iterations, as {@code output-0050.png} beside {@code output.png}.
 * A picture is written one iteration later than it is made, when its losses are known to be
 * numbers, so that a run that diverges leaves only good ones.
 */
final class Snapshots implements Watcher {

  private static final Pattern NUMBERED = Pattern.compile(".*-0*([0-9]{1,10})(\\.[^.]*)?");

  private final Path output;
  private final int every;
  private OutputOptions options = OutputOptions.defaults();
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
    return output.resolveSibling(String.format(Locale.ROOT, "%s-%04d%s", stem, done, extension));
  }

  /**
   * Returns whether a run writes one of its pictures to a file, found by name: no more than one
   * picture can have the number that stands there.
   *
   * @param iterations of the run
   */
  boolean write(Path file, int iterations) {
    Path name = file.getFileName();
    if (every == 0 || name == null) {
      return false;
    }
    Matcher matcher = NUMBERED.matcher(name.toString());
    if (!matcher.matches()) {
      return false;
    }
    long done = Long.parseLong(matcher.group(1));
    return done > 0
        && done <= iterations
        && done % every == 0
        && ResultFile.same(file, path(output, (int) done));
  }

  @Override
  public void begin(Scene scene) {
    options = scene.written();
  }

  @Override
  public void onStep(Moment moment) {
    if (pending != null) {
      // Throws unless they are numbers.
      moment.losses();
      flush();
    }
    if (every > 0 && moment.done() % every == 0) {
      pending = moment.picture();
      pendingPath = path(output, moment.done());
    }
  }

  @Override
  public Optional<Path> finish(Outcome outcome) {
    flush();
    return Optional.empty();
  }

  /** Writes the picture that waits, if there is one. */
  private void flush() {
    if (pending != null) {
      Image image = pending;
      pending = null;
      Images.write(image, pendingPath, options);
      last = pendingPath;
    }
  }

  @Override
  public Optional<String> abandon() {
    return Optional.ofNullable(last).map(path -> "The last picture saved is " + path + ".");
  }
}
