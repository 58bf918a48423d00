package dev.nst.cuda.check;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.weights.Safetensors;
import dev.nst.weights.WeightSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The pictures and weights that every step uses, made of arithmetic, so that all see the same. */
final class Scene {

  private static final int CONTENT = 1;
  private static final int STYLE = 2;

  private Scene() {}

  static Image content(int width, int height) {
    return Image.of(width, height, SyntheticImages.image(CONTENT, height, width));
  }

  static Image style(int width, int height) {
    return Image.of(width, height, SyntheticImages.image(STYLE, height, width));
  }

  static Backend open(String name, Precision precision) {
    return Backends.open(name, BackendOptions.defaults().withPrecision(precision));
  }

  static Vgg19 network(Backend backend, CheckOptions options) {
    return options.weights() == null
        ? Vgg19.of(backend, new Synthetic())
        : Vgg19.load(backend, options.weights());
  }

  /**
   * Writes what PyTorch needs: {@code weights.bin}, the convolutions' weights and biases in the
   * network's order, and {@code content-N.bin} and {@code style-N.bin}, {@code [3, N, N]} in [0,
   * 1]; all float32, little-endian, row-major.
   */
  static void write(Path directory, CheckOptions options, int... edges) throws IOException {
    Files.createDirectories(directory);
    try (OutputStream out = Files.newOutputStream(directory.resolve("weights.bin"))) {
      if (options.weights() == null) {
        write(out, new Synthetic());
      } else {
        try (Safetensors file = Safetensors.open(options.weights())) {
          write(out, file);
        }
      }
    }
    for (int edge : edges) {
      Files.write(
          directory.resolve("content-" + edge + ".bin"),
          bytes(SyntheticImages.image(CONTENT, edge, edge)));
      Files.write(
          directory.resolve("style-" + edge + ".bin"),
          bytes(SyntheticImages.image(STYLE, edge, edge)));
    }
  }

  /** Removes what {@link #write} wrote: it is large, and its folder stays for the logs in it. */
  static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.bin")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private static void write(OutputStream out, WeightSource weights) throws IOException {
    for (String name : SyntheticWeights.all().keySet()) {
      out.write(bytes(weights.read(name)));
    }
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static final class Synthetic implements WeightSource {

    private final Map<String, float[]> tensors = SyntheticWeights.all();

    @Override
    public boolean has(String name) {
      return tensors.containsKey(name);
    }

    @Override
    public int[] shape(String name) {
      return SyntheticWeights.shape(name);
    }

    @Override
    public float[] read(String name) {
      return tensors.get(name).clone();
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public String description() {
      return "synthetic weights";
    }
  }
}
