package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.Backends;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The example that README.md shows is this code. */
class EmbeddingExampleTest {

  private static final Logger log = LoggerFactory.getLogger(EmbeddingExampleTest.class);

  // README:begin
  static void paint(Path photo, Path painting, Path weights, Path output, Recipe recipe) {
    try (Backend backend = Backends.open();
        Vgg19 vgg = Vgg19.load(backend, weights);
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .content(Images.read(photo, recipe::fitContent))
                .style(Images.read(painting, recipe::fitStyle))
                .recipe(recipe)
                .build()) {
      Images.write(job.run(step -> log.info("{}", step)), output);
    }
  }

  // README:end

  @Test
  void paintsAPictureOfThePhotographsShape(@TempDir Path folder) throws IOException {
    Path photo = folder.resolve("photo.png");
    Path painting = folder.resolve("painting.png");
    Path weights = folder.resolve("vgg19.safetensors");
    Path output = folder.resolve("out.png");
    Images.write(Image.of(48, 36, SyntheticImages.image(1, 36, 48)), photo);
    Images.write(Image.of(40, 50, SyntheticImages.image(2, 50, 40)), painting);
    writeSyntheticWeights(weights);

    // Shallow layers, since deep ones take long to prepare.
    Recipe recipe =
        Recipe.quick()
            .withSize(32)
            .withIterations(2)
            .withContentLayers(List.of(Vgg19Layer.CONV2_1))
            .withStyleLayers(Map.of(Vgg19Layer.CONV1_1, 1.0));
    paint(photo, painting, weights, output, recipe);

    Image result = Images.read(output);
    assertThat(result.width()).isEqualTo(42);
    assertThat(result.height()).isEqualTo(32);
  }

  @Test
  void standsInTheReadmeAsItIsHere() throws IOException {
    Path readme = Path.of("..", "README.md");
    Path source = Path.of("src", "test", "java", "dev", "nst", "cpu", "EmbeddingExampleTest.java");
    String text = Files.readString(source);
    String example =
        text.substring(text.indexOf("README:begin\n") + 13, text.indexOf("\n\n  // README:end"))
            .lines()
            .map(line -> line.isEmpty() ? line : line.substring(2))
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(readme)).contains(example);
  }

  /** Writes the container by hand: header length, JSON header, data. */
  private static void writeSyntheticWeights(Path file) throws IOException {
    List<String> entries = new ArrayList<>();
    Map<String, float[]> tensors = SyntheticWeights.all();
    int end = 0;
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      int begin = end;
      end += tensor.getValue().length * Float.BYTES;
      String shape = java.util.Arrays.toString(SyntheticWeights.shape(tensor.getKey()));
      entries.add(
          String.format(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
              tensor.getKey(), shape, begin, end));
    }
    byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(8 + header.length + end).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(header.length).put(header);
    for (float[] values : tensors.values()) {
      buffer.asFloatBuffer().put(values);
      buffer.position(buffer.position() + values.length * Float.BYTES);
    }
    Files.write(file, buffer.array());
  }
}
