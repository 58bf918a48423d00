package dev.nst.cli.paint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.cli.shell.Failures;
import dev.nst.transfer.Losses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the losses of every iteration, one JSON object a line:
 *
 * <pre>{@code {"iteration":0,"total":9.5,"content":0.5,"style":8.0,"tv":1.0,"seconds":0.25}}</pre>
 *
 * <p>Each line reaches the file before the next iteration begins, so nothing is lost when the run
 * is stopped.
 */
final class TraceWriter implements AutoCloseable {

  private final Path file;
  private final JsonGenerator json;

  private TraceWriter(Path file, JsonGenerator json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Opens a file, emptying it if it exists.
   *
   * @throws NstException if it cannot be written
   */
  static TraceWriter open(Path file) {
    try {
      JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(file));
      json.setRootValueSeparator(null);
      return new TraceWriter(file, json);
    } catch (IOException e) {
      throw Failures.of("write the trace", file, e);
    }
  }

  /**
   * Writes one line.
   *
   * @param iteration counted from 0
   * @param losses weighted, of the picture before this iteration's step
   * @param seconds since the run began
   */
  void write(int iteration, Losses losses, double seconds) {
    try {
      json.writeStartObject();
      json.writeNumberField("iteration", iteration);
      json.writeNumberField("total", losses.total());
      json.writeNumberField("content", losses.content());
      json.writeNumberField("style", losses.style());
      json.writeNumberField("tv", losses.tv());
      json.writeNumberField("seconds", seconds);
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
    } catch (IOException e) {
      throw Failures.of("write the trace", file, e);
    }
  }

  @Override
  public void close() {
    try {
      json.close();
    } catch (IOException e) {
      throw Failures.of("write the trace", file, e);
    }
  }
}
