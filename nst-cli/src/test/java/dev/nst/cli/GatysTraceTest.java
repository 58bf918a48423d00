package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.nst.cli.shell.Shell;
import dev.nst.contract.SyntheticWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipe {@code gatys} on real weights and pictures, from files to trace, against PyTorch's
 * trace.
 */
class GatysTraceTest {

  private static final Path SHARED = Path.of("..", "..", "shared");
  private static final double RELATIVE = 1e-3;

  @TempDir Path folder;

  @Test
  void theTraceOfFiftyIterationsOnCpuVectorEqualsPyTorch() throws IOException {
    checkTrace("cpu-vector");
  }

  @Test
  @Tag("slow")
  void theTraceOfFiftyIterationsOnCpuEqualsPyTorch() throws IOException {
    checkTrace("cpu");
  }

  private void checkTrace(String backend) throws IOException {
    Path weights = SHARED.resolve("weights/vgg19-features.pth");
    Path content = SHARED.resolve("images/content/tubingen.jpg");
    Path style = SHARED.resolve("images/style/starry_night.jpg");
    for (Path file : List.of(weights, content, style)) {
      assumeTrue(Files.exists(file), () -> "not on this machine: " + file);
    }
    Path trace = folder.resolve("trace.jsonl");
    Shell shell =
        new Shell(
            System.out,
            System.err,
            Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
            folder,
            "Linux",
            false);

    int status =
        Main.run(
            shell,
            "stylize",
            "--content=" + content,
            "--style=" + style,
            "--output=" + folder.resolve("out.png"),
            "--weights=" + weights,
            "--backend=" + backend,
            "--recipe=gatys",
            "--size=128",
            "--iterations=50",
            "--trace=" + trace,
            "--quiet");

    assertThat(status).isZero();
    List<Map<String, Double>> actual = parse(Files.readString(trace));
    List<Map<String, Double>> expected = golden();
    assertThat(actual).hasSameSizeAs(expected).hasSize(50);
    Map<String, Double> used = new HashMap<>();
    for (int i = 0; i < expected.size(); i++) {
      for (String loss : List.of("total", "content", "style", "tv")) {
        double reference = expected.get(i).get(loss);
        double value = actual.get(i).get(loss);
        assertThat(value)
            .as("%s at iteration %d", loss, i)
            .isCloseTo(reference, offset(RELATIVE * Math.abs(reference)));
        if (reference != 0) {
          used.merge(loss, Math.abs(value - reference) / reference / RELATIVE, Math::max);
        }
      }
    }
    System.out.println("share of the tolerance of " + RELATIVE + " that was used: " + used);
  }

  private static List<Map<String, Double>> golden() throws IOException {
    try (InputStream in =
        SyntheticWeights.class.getResourceAsStream("goldens/trace-gatys-128.jsonl")) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static List<Map<String, Double>> parse(String lines) throws IOException {
    List<Map<String, Double>> objects = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(lines)) {
      Map<String, Double> object = new HashMap<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isNumeric()) {
          object.put(parser.currentName(), parser.getDoubleValue());
        } else if (token == JsonToken.END_OBJECT) {
          objects.add(object);
          object = new HashMap<>();
        }
      }
    }
    return objects;
  }
}
