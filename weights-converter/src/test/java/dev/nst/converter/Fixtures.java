package dev.nst.converter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files that {@code src/test/python/make_checkpoints.py} wrote. */
final class Fixtures {

  /** A tensor as PyTorch itself read it; {@code indices} is empty when all values are given. */
  record Expected(
      String name, String dtype, List<Integer> shape, List<Integer> indices, float[] values) {}

  private Fixtures() {}

  static Path checkpoint(String name) {
    try {
      URL url = Fixtures.class.getResource("/checkpoints/" + name);
      if (url == null) {
        throw new IllegalStateException("no fixture " + name);
      }
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All fixtures with their tensors, by file name. */
  static Map<String, List<Expected>> expected() throws IOException {
    Map<String, List<Expected>> files = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(checkpoint("expected.json"));
        JsonParser json = new JsonFactory().createParser(in)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.START_OBJECT) {
        json.nextFieldName();
        String file = json.nextTextValue();
        json.nextFieldName();
        json.nextToken();
        files.put(file, tensors(json));
        json.nextToken();
      }
    }
    return files;
  }

  /** A few values of each tensor of the real weights. */
  static List<Expected> vgg19() throws IOException {
    try (InputStream in = Files.newInputStream(checkpoint("vgg19-features.json"));
        JsonParser json = new JsonFactory().createParser(in)) {
      json.nextToken();
      return tensors(json);
    }
  }

  /** The real weights in the folder {@code shared} beside some parent of the working directory. */
  static Optional<Path> realWeights() {
    String shared = System.getProperty("nst.shared");
    if (shared != null) {
      return Optional.of(Path.of(shared, "weights", "vgg19-features.pth")).filter(Files::exists);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolveSibling("shared").resolve("weights").resolve("vgg19-features.pth");
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static List<Expected> tensors(JsonParser json) throws IOException {
    List<Expected> tensors = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String name = "";
      String dtype = "";
      List<Integer> shape = List.of();
      List<Integer> indices = List.of();
      List<String> values = List.of();
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        json.nextToken();
        switch (key) {
          case "name" -> name = json.getText();
          case "dtype" -> dtype = json.getText();
          case "shape" -> shape = texts(json).stream().map(Integer::valueOf).toList();
          case "indices" -> indices = texts(json).stream().map(Integer::valueOf).toList();
          default -> values = texts(json);
        }
      }
      tensors.add(new Expected(name, dtype, shape, indices, floats(values)));
    }
    return tensors;
  }

  private static List<String> texts(JsonParser json) throws IOException {
    List<String> texts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      texts.add(json.getText());
    }
    return texts;
  }

  /** Python's {@code repr} of doubles. */
  private static float[] floats(List<String> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) Double.parseDouble(values.get(i).replace("inf", "Infinity"));
    }
    return floats;
  }
}
