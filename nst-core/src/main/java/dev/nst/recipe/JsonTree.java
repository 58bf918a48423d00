package dev.nst.recipe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.nst.NstException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as plain values: maps, lists, strings, {@link Long}s, {@link Double}s and booleans; {@code
 * null} is refused.
 */
final class JsonTree {

  /** A recipe has two levels; more is no recipe. */
  private static final int DEEPEST = 16;

  private JsonTree() {}

  /**
   * Parses an object.
   *
   * @param source where the text comes from, for a refusal
   * @throws NstException if it is no JSON object, has a key twice, or something follows it
   */
  static Map<String, Object> parse(String text, String source) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new NstException(source + " is not a JSON object, as a recipe should be.");
      }
      Map<String, Object> object = object(parser, source, "");
      if (parser.nextToken() != null) {
        throw new NstException(source + " has more text after its JSON object.");
      }
      return object;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : ", line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      String reason = e.getOriginalMessage().replaceAll("\\s+", " ");
      throw new NstException(source + place + " is not valid JSON (" + reason + ").", e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from a string does no input", e);
    }
  }

  private static Map<String, Object> object(JsonParser parser, String source, String path)
      throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      object.put(key, value(parser, source, path + key));
    }
    return object;
  }

  private static Object value(JsonParser parser, String source, String path) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, source, path + ".");
      case START_ARRAY -> {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(parser, source, path));
        }
        yield values;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) parser.getDoubleValue()
              : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default ->
          throw new NstException(
              source + ": key '" + path + "' is null; give it a value or leave the key out.");
    };
  }

  /** Returns the text of an object, indented, lists on one line. */
  static String format(Map<String, Object> object) {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setPrettyPrinter(printer);
      write(json, object);
    } catch (IOException e) {
      throw new IllegalStateException("writing to a string does no output", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName((String) entry.getKey());
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object each : list) {
        write(json, each);
      }
      json.writeEndArray();
    } else if (value instanceof Double number) {
      writeNumber(json, number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else {
      json.writeString((String) value);
    }
  }

  /** Writes whole numbers as such: 70 and not 70.0. */
  private static void writeNumber(JsonGenerator json, double number) throws IOException {
    if (number == (long) number && Math.abs(number) < 1e15) {
      json.writeNumber((long) number);
    } else {
      json.writeNumber(number);
    }
  }
}
