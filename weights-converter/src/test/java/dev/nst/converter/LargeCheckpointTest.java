package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file as large as torchvision's VGG-19, in a process with little memory. */
class LargeCheckpointTest {
  @TempDir private Path directory;

  @Test
  @Tag("slow")
  void convertsTheWholeVgg19InAHeapOf64Megabytes() throws IOException, InterruptedException {
    Path in = writeWholeVgg19();
    assertThat(Files.size(in)).isBetween(574_000_000L, 575_000_000L);
    Path out = directory.resolve("vgg19.safetensors");
    assertThat(runMain("-Xmx64m", in.toString(), out.toString())).isEqualTo("0");
    WeightsInfo info = WeightsInfo.describe(out);
    assertThat(info.parameters()).isEqualTo(20_024_384);
    assertThat(info.metadata()).containsEntry("architecture", "vgg19");
  }

  /** The hostile files that take most memory for their size. */
  @Test
  @Tag("slow")
  void refusesMemoryBombsInAHeapOf256Megabytes() throws IOException, InterruptedException {
    String lists = "](" + "]".repeat(900_000) + "e";
    String dicts = "](" + "}NNs".repeat(240_000) + "e";
    String tuples = "](" + ")\u0085".repeat(490_000) + "e";
    String memo = ")" + "\u0094".repeat(990_000);
    String marks = "(".repeat(2_000_000);
    for (String bomb : List.of(lists, dicts, tuples, memo, marks)) {
      byte[] file = PickleBytes.legacy(new PickleBytes().raw(bomb), new String[0]);
      Path in = Files.write(directory.resolve("bomb.pth"), file);
      assertThat(
              runMain("-Xmx256m", in.toString(), directory.resolve("out.safetensors").toString()))
          .isEqualTo("1");
    }
  }

  /** Runs the converter's main in a Java of its own; returns its exit status. */
  private String runMain(String heap, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(heap);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    File log = directory.resolve("log").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(log).content().doesNotContain("Exception", "Error");
    return String.valueOf(process.exitValue());
  }

  /** Zeros, in a sparse file where the file system knows such. */
  private Path writeWholeVgg19() throws IOException {
    Map<String, long[]> tensors = new LinkedHashMap<>();
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      tensors.put(
          VggArchitecture.VGG19.weightName(layer),
          new long[] {layer.outChannels(), layer.inChannels(), 3, 3});
      tensors.put(VggArchitecture.VGG19.biasName(layer), new long[] {layer.outChannels()});
    }
    tensors.put("classifier.0.weight", new long[] {4096, 25088});
    tensors.put("classifier.0.bias", new long[] {4096});
    tensors.put("classifier.3.weight", new long[] {4096, 4096});
    tensors.put("classifier.3.bias", new long[] {4096});
    tensors.put("classifier.6.weight", new long[] {1000, 4096});
    tensors.put("classifier.6.bias", new long[] {1000});

    PickleBytes object = new PickleBytes().raw("}");
    tensors.forEach(
        (name, shape) ->
            object.text(name).tensor(name, size(shape), 0, shape, strides(shape)).raw("s"));
    Path path = directory.resolve("vgg19.pth");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(PickleBytes.legacy(object, tensors.keySet().toArray(String[]::new)));
      for (long[] shape : tensors.values()) {
        ByteBuffer elements = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        file.write(elements.putLong(size(shape)).array());
        file.setLength(file.getFilePointer() + 4 * size(shape));
        file.seek(file.length());
      }
    }
    return path;
  }

  private static long size(long[] shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return size;
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= shape[d];
    }
    return strides;
  }
}
