package dev.nst.cli.paint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.cli.shell.Failures;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Watcher;
import dev.nst.transfer.Losses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes the losses of every iteration, one JSON object a line:
 *
 * <pre>{@code {"iteration":0,"total":9.5,"content":0.5,"style":8.0,"tv":1.0,"seconds":0.25}}</pre>
 *
 * <p>Each line reaches the file before the next iteration begins, so nothing is lost when the run
 * is stopped.
 */
final class TraceWriter implements Watcher {

  private final Path file;
  private JsonGenerator json;

  /** Prepares a trace; the file is left alone until the run begins. */
  TraceWriter(Path file) {
    this.file = file;
  }

  /**
   * Opens the file, emptying it if it exists.
   *
   * @throws NstException if it cannot be written
   */
  @Override
  public void begin(Scene scene) {
    try {
      json = new JsonFactory().createGenerator(Files.newOutputStream(file));
      json.setRootValueSeparator(null);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Writes one line: the iteration counted from 0, and the losses before its step. */
  @Override
  public void onStep(Moment moment) {
    Losses losses = moment.losses();
    try {
      json.writeStartObject();
      json.writeNumberField("iteration", moment.done() - 1);
      json.writeNumberField("total", losses.total());
      json.writeNumberField("content", losses.content());
      json.writeNumberField("style", losses.style());
      json.writeNumberField("tv", losses.tv());
      json.writeNumberField("seconds", moment.seconds());
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public Optional<Path> finish(Outcome outcome) {
    close();
    return Optional.empty();
  }

  @Override
  public void close() {
    try {
      if (json != null) {
        json.close();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private NstException unwritable(IOException e) {
    return Failures.of("write the trace", file, e);
  }
}
