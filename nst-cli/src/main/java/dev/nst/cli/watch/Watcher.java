package dev.nst.cli.watch;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks on while a picture is painted, and writes or shows something of it. All methods are called
 * by the thread that paints.
 *
 * <p>A watcher that throws once the first iteration is done must not cost the picture: it is told
 * of no further iteration, and its failure is reported at the end of the run.
 */
public interface Watcher extends AutoCloseable {

  /**
   * Hears what is going to be painted, right before the first iteration.
   *
   * @throws dev.nst.NstException if it cannot do its work; the run does not begin then
   */
  default void begin(Scene scene) {}

  /** Hears of an iteration. */
  default void onStep(Moment moment) {}

  /**
   * Hears that the picture is painted and written.
   *
   * @return the file that this completed, if the user should hear of it
   */
  default Optional<Path> finish(Outcome outcome) {
    return Optional.empty();
  }

  /**
   * Hears that the run failed, instead of {@link #finish}.
   *
   * @return a sentence that says what is left of the run, if something is
   */
  default Optional<String> abandon() {
    return Optional.empty();
  }

  /** Releases what it holds, whether the run began, finished or failed. */
  @Override
  default void close() {}
}
