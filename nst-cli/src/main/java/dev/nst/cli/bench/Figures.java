package dev.nst.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.cli.bench.KernelTimes.Kernel;
import dev.nst.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that was measured, as one JSON object: {@code java}, {@code entrants}, {@code
 * measurements} and {@code layers}. Units are seconds, bytes and operations; what is not known is
 * null. An entrant's label stands in every result.
 */
public final class Figures {

  private final List<Entrant> entrants;
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<LayerTimes> layers = new ArrayList<>();

  /** Holds no results yet. */
  public Figures(List<Entrant> entrants) {
    this.entrants = entrants;
  }

  /** Adds results of one kind of work. */
  public Figures addMeasurements(List<Measurement> more) {
    measurements.addAll(more);
    return this;
  }

  /** Adds the kernels of iterations. */
  public Figures addLayers(List<LayerTimes> more) {
    layers.addAll(more);
    return this;
  }

  /**
   * Writes the file, or replaces it.
   *
   * @throws NstException if it cannot be written; what was there is untouched then
   */
  public void write(Path json) {
    try (AtomicFile file = AtomicFile.open(json)) {
      try (JsonGenerator out = new JsonFactory().createGenerator(file.stream())) {
        out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        out.useDefaultPrettyPrinter();
        write(out);
      }
      file.commit();
    } catch (IOException e) {
      throw new NstException(
          "Cannot write " + json + ": " + e.getMessage() + "; choose a file that can be written.",
          e);
    }
  }

  private void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("java", Runtime.version().toString());
    out.writeArrayFieldStart("entrants");
    for (Entrant entrant : entrants) {
      write(out, entrant);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("measurements");
    for (Measurement measurement : measurements) {
      write(out, measurement);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("layers");
    for (LayerTimes times : layers) {
      write(out, times);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Entrant entrant) throws IOException {
    Backend backend = entrant.backend();
    out.writeStartObject();
    out.writeStringField("entrant", entrant.label());
    out.writeStringField("backend", backend.name());
    out.writeStringField("precision", backend.precision().label());
    out.writeStringField("description", backend.description());
    number(out, "peakOperationsPerSecond", entrant.machine().peak());
    number(out, "bandwidthBytesPerSecond", entrant.machine().bandwidth());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Measurement m) throws IOException {
    out.writeStartObject();
    out.writeStringField("what", m.what());
    out.writeStringField("entrant", m.entrant().label());
    number(out, "medianSeconds", m.timing().median());
    number(out, "bestSeconds", m.timing().best());
    out.writeNumberField("runsOfRound", m.timing().runsOfRound());
    out.writeArrayFieldStart("secondsByRound");
    for (double seconds : m.timing().seconds()) {
      out.writeNumber(seconds);
    }
    out.writeEndArray();
    number(out, "runsPerSecond", m.perSecond());
    number(out, "operationsPerSecond", m.operationsPerSecond());
    number(out, "shareOfPeak", m.shareOfPeak());
    out.writeNumberField("plannedBytes", m.plannedBytes());
    out.writeNumberField("peakHeapBytes", m.heapBytes());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, LayerTimes times) throws IOException {
    Roofline machine = times.entrant().machine();
    out.writeStartObject();
    out.writeStringField("what", "gatys " + times.edge() + "x" + times.edge());
    out.writeStringField("entrant", times.entrant().label());
    out.writeArrayFieldStart("kernels");
    for (Kernel kernel : times.kernels()) {
      out.writeStartObject();
      out.writeStringField("kernel", kernel.name());
      number(out, "medianSeconds", kernel.seconds());
      floors(out, machine, kernel.work());
      number(out, "floorSeconds", machine.floorSeconds(kernel.work()));
      out.writeStringField("boundBy", machine.binds(kernel.work()));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeObjectFieldStart("iteration");
    number(out, "medianSeconds", times.seconds());
    number(out, "kernelSeconds", times.kernelSeconds());
    floors(out, machine, times.work());
    number(out, "floorSeconds", times.floorSeconds());
    number(out, "winogradShare", times.winogradShare());
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void floors(JsonGenerator out, Roofline machine, Work work) throws IOException {
    number(out, "directOperations", work.directOperations());
    number(out, "winogradOperations", work.winogradOperations());
    number(out, "bytes", work.bytes());
    number(out, "directSeconds", machine.directSeconds(work));
    number(out, "winogradSeconds", machine.winogradSeconds(work));
    number(out, "memorySeconds", machine.memorySeconds(work));
  }

  /** Writes null for what is not known: JSON has no NaN. */
  static void number(JsonGenerator out, String field, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(field, value);
    } else {
      out.writeNullField(field);
    }
  }
}
