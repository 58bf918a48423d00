package dev.nst.weights;

import static dev.nst.weights.WeightFiles.printable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.nst.tensor.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON at the head of a safetensors file, parsed and checked against the size of its data.
 *
 * @param metadata what the key {@code __metadata__} holds
 * @param tensors the tensors by name, in the order of the header
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorInfo> tensors) {
  private static final String METADATA = "__metadata__";

  /** Says what is wrong with a header, as the end of a sentence that begins with the file. */
  static final class InvalidHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidHeaderException(String message) {
      super(message);
    }
  }

  /**
   * Parses a header.
   *
   * @param json the header's text
   * @param dataBytes how many bytes follow the header in the file
   * @throws InvalidHeaderException if it is not as the safetensors format defines it
   */
  static SafetensorsHeader parse(String json, long dataBytes) throws InvalidHeaderException {
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(json)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, "its header is not a JSON object");
      Map<String, String> metadata = new LinkedHashMap<>();
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        if (name.equals(METADATA)) {
          readMetadata(parser, metadata);
        } else {
          tensors.put(name, readTensor(parser, name));
        }
      }
      require(parser.nextToken() == null, "its header has more text after its JSON object");
      checkLayout(tensors, dataBytes);
      return new SafetensorsHeader(
          Collections.unmodifiableMap(metadata), Collections.unmodifiableMap(tensors));
    } catch (JsonProcessingException e) {
      String reason = printable(e.getOriginalMessage());
      throw new InvalidHeaderException("its header is not valid JSON (" + reason + ")");
    } catch (IOException e) {
      throw new IllegalStateException("reading from a string does no input", e);
    }
  }

  private static void readMetadata(JsonParser parser, Map<String, String> metadata)
      throws IOException, InvalidHeaderException {
    require(parser.currentToken() == JsonToken.START_OBJECT, METADATA + " is not a JSON object");
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      require(
          parser.nextToken() == JsonToken.VALUE_STRING,
          METADATA + " holds something other than text under " + printable(key));
      metadata.put(key, parser.getText());
    }
  }

  private static TensorInfo readTensor(JsonParser parser, String name)
      throws IOException, InvalidHeaderException {
    String tensor = "tensor " + printable(name);
    require(parser.currentToken() == JsonToken.START_OBJECT, tensor + " is not a JSON object");
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = readDType(parser, tensor);
        case "shape" -> shape = readIntegers(parser, tensor + " has a shape");
        case "data_offsets" -> offsets = readIntegers(parser, tensor + " has data_offsets");
        default ->
            throw new InvalidHeaderException(tensor + " has the unknown field " + printable(key));
      }
    }
    require(
        dtype != null && shape != null && offsets != null,
        tensor + " lacks one of dtype, shape and data_offsets");
    require(
        offsets.size() == 2 && offsets.get(0) <= offsets.get(1),
        tensor + " has data_offsets " + offsets + " where [begin, end] was expected");
    List<Integer> extents = new ArrayList<>();
    for (long extent : shape) {
      require(extent <= Integer.MAX_VALUE, tensor + " has an extent of " + extent + ", too large");
      extents.add((int) extent);
    }
    long bytes = offsets.get(1) - offsets.get(0);
    require(
        byteSize(shape, dtype) == bytes,
        tensor
            + " has shape "
            + shape
            + " and dtype "
            + dtype.safetensorsName()
            + ", which do not take the "
            + bytes
            + " bytes it is given");
    return new TensorInfo(dtype, extents, offsets.get(0), offsets.get(1));
  }

  private static DType readDType(JsonParser parser, String tensor)
      throws IOException, InvalidHeaderException {
    String name = parser.getText();
    for (DType dtype : DType.values()) {
      if (dtype.safetensorsName().equals(name)) {
        return dtype;
      }
    }
    throw new InvalidHeaderException(
        tensor + " has dtype " + printable(name) + " where F32, F16 or BF16 was expected");
  }

  private static List<Long> readIntegers(JsonParser parser, String what)
      throws IOException, InvalidHeaderException {
    require(parser.currentToken() == JsonToken.START_ARRAY, what + " that is not an array");
    List<Long> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      boolean natural =
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && parser.getLongValue() >= 0;
      require(
          natural,
          what + " with " + printable(parser.getText()) + " where a whole number was expected");
      values.add(parser.getLongValue());
    }
    return values;
  }

  /** The bytes a tensor takes, or -1 if they are too many to count. */
  private static long byteSize(List<Long> shape, DType dtype) {
    if (shape.contains(0L)) {
      return 0;
    }
    long bytes = dtype.bytes();
    for (long extent : shape) {
      if (bytes > Long.MAX_VALUE / extent) {
        return -1;
      }
      bytes *= extent;
    }
    return bytes;
  }

  /** The format allows neither overlaps nor holes: the tensors tile the data from end to end. */
  private static void checkLayout(Map<String, TensorInfo> tensors, long dataBytes)
      throws InvalidHeaderException {
    List<Map.Entry<String, TensorInfo>> byPlace = new ArrayList<>(tensors.entrySet());
    byPlace.sort(
        Comparator.comparingLong((Map.Entry<String, TensorInfo> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long covered = 0;
    for (Map.Entry<String, TensorInfo> entry : byPlace) {
      TensorInfo info = entry.getValue();
      String tensor = "tensor " + printable(entry.getKey());
      require(
          info.end() <= dataBytes,
          tensor
              + " ends at byte "
              + info.end()
              + " of its data, of which the file has only "
              + dataBytes
              + ", so it was cut short");
      require(info.begin() >= covered, tensor + " overlaps the tensor before it");
      require(info.begin() == covered, "it has a hole before " + tensor);
      covered = info.end();
    }
    require(
        covered == dataBytes,
        "it has " + (dataBytes - covered) + " bytes that belong to no tensor");
  }

  private static void require(boolean condition, String otherwise) throws InvalidHeaderException {
    if (!condition) {
      throw new InvalidHeaderException(otherwise);
    }
  }
}
