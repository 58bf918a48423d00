package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.io.AtomicFile;
import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: first {@link
 * #writeHeader}, then {@link #writeElements} for each tensor in the same order.
 */
final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final AtomicFile output;
  private final DType dtype;
  private ByteBuffer piece = ByteBuffer.allocate(0);

  SafetensorsWriter(AtomicFile output, DType dtype) {
    this.output = output;
    this.dtype = dtype;
  }

  void writeHeader(Map<String, String> metadata, List<CheckpointTensor> tensors) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = new JsonFactory().createGenerator(json)) {
      generator.writeStartObject();
      generator.writeObjectFieldStart("__metadata__");
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        generator.writeStringField(entry.getKey(), entry.getValue());
      }
      generator.writeEndObject();
      long begin = 0;
      for (CheckpointTensor tensor : tensors) {
        long end = begin + tensor.elements() * dtype.bytes();
        writeTensor(generator, tensor, begin, end);
        begin = end;
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does no output", e);
    }
    while (json.size() % ALIGNMENT != 0) {
      json.write(' ');
    }
    ByteBuffer header =
        ByteBuffer.allocate(Long.BYTES + json.size()).order(ByteOrder.LITTLE_ENDIAN);
    output.write(header.putLong(json.size()).put(json.toByteArray()).flip());
  }

  private void writeTensor(JsonGenerator generator, CheckpointTensor tensor, long begin, long end)
      throws IOException {
    generator.writeObjectFieldStart(tensor.name());
    generator.writeStringField("dtype", dtype.safetensorsName());
    generator.writeArrayFieldStart("shape");
    for (int extent : tensor.shape()) {
      generator.writeNumber(extent);
    }
    generator.writeEndArray();
    generator.writeArrayFieldStart("data_offsets");
    generator.writeNumber(begin);
    generator.writeNumber(end);
    generator.writeEndArray();
    generator.writeEndObject();
  }

  /**
   * Appends the first {@code count} of {@code values}.
   *
   * @throws NstException if a number is too large for the format that is written
   */
  void writeElements(String name, double[] values, int count) {
    if (piece.capacity() < count * dtype.bytes()) {
      piece = ByteBuffer.allocate(count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
    piece.clear();
    for (int i = 0; i < count; i++) {
      float stored = put((float) values[i]);
      if (Float.isInfinite(stored) && Double.isFinite(values[i])) {
        throw new NstException(
            "Tensor "
                + printable(name)
                + " holds "
                + values[i]
                + ", too large for "
                + dtype.name().toLowerCase(Locale.ROOT)
                + "; rescale the weights or convert to a format of larger range.");
      }
    }
    output.write(piece.flip());
  }

  /** Appends a number to the piece; returns what a reader will find. */
  private float put(float value) {
    switch (dtype) {
      case F16 -> {
        short half = HalfPrecision.floatToFloat16(value);
        piece.putShort(half);
        return HalfPrecision.float16ToFloat(half);
      }
      case BF16 -> {
        short brain = HalfPrecision.floatToBfloat16(value);
        piece.putShort(brain);
        return HalfPrecision.bfloat16ToFloat(brain);
      }
      default -> {
        piece.putFloat(value);
        return value;
      }
    }
  }
}
