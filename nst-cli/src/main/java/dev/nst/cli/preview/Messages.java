package dev.nst.cli.preview;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.cli.watch.Html;
import dev.nst.cli.watch.LossChart;
import dev.nst.cli.watch.LossChart.Curve;
import dev.nst.cli.watch.LossHistory.Point;
import dev.nst.cli.watch.Readable;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Scene.Input;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the page is told, as JSON in one line, with numbers ready to be shown. */
final class Messages {

  private static final String UNKNOWN = "–";

  private Messages() {}

  /** Writes the fields of an object. */
  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static String of(Scene scene) {
    return object(
        json -> {
          json.writeStringField("title", scene.title());
          json.writeStringField("content", describe(scene.content()));
          json.writeStringField(
              "style",
              scene.styles().stream().map(Messages::describe).collect(Collectors.joining(", ")));
          json.writeStringField(
              "settings", Html.list(scene.settings()) + Html.list(scene.machine()));
        });
  }

  private static String describe(Input input) {
    return input.name() + ", " + input.picture().dimensions();
  }

  static String of(State state) {
    boolean began = state.done() > 0;
    return object(
        json -> {
          json.writeStringField("phase", state.phase().label());
          json.writeStringField("kind", state.phase().kind());
          json.writeBooleanField("canStop", state.phase() == Phase.PAINTING);
          json.writeNumberField("fraction", began ? state.done() / (double) state.iterations() : 0);
          json.writeStringField(
              "iteration",
              state.iterations() > 0 ? state.done() + " / " + state.iterations() : UNKNOWN);
          json.writeStringField("speed", speed(state.perSecond()));
          json.writeStringField("left", duration(state.left()));
          json.writeStringField("elapsed", began ? duration(state.seconds()) : UNKNOWN);
          losses(json, state);
          json.writeStringField("chart", LossChart.svg(state.points()));
          json.writeStringField("note", state.note());
        });
  }

  private static void losses(JsonGenerator json, State state) throws IOException {
    int count = state.points().size();
    Point last = count == 0 ? null : state.points().get(count - 1);
    for (Curve curve : Curve.values()) {
      json.writeStringField(
          curve.styleClass(), last == null ? "" : Readable.number(curve.of(last.losses()), 4));
    }
  }

  private static String speed(double perSecond) {
    return Double.isFinite(perSecond) ? String.format(Locale.ROOT, "%.2f", perSecond) : UNKNOWN;
  }

  private static String duration(double seconds) {
    return Double.isFinite(seconds) ? Readable.duration(seconds) : UNKNOWN;
  }
}
