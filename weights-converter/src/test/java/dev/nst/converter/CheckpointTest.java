package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "legacy.pth",
        "legacy-protocol4.pth",
        "legacy-2017.pth",
        "zip.pth",
        "zip-protocol4.pth",
        "wrapped.pth"
      })
  void readsWhatPyTorchReads(String file) throws IOException {
    List<Fixtures.Expected> expected = Fixtures.expected().get(file);
    try (Checkpoint checkpoint = Checkpoint.open(Fixtures.checkpoint(file))) {
      assertThat(checkpoint.container())
          .isEqualTo(
              file.startsWith("legacy") ? Checkpoint.Container.LEGACY : Checkpoint.Container.ZIP);
      List<CheckpointTensor> tensors = checkpoint.tensors();
      assertThat(tensors).hasSameSizeAs(expected);
      for (int i = 0; i < tensors.size(); i++) {
        CheckpointTensor tensor = tensors.get(i);
        assertThat(tensor.name()).isEqualTo(expected.get(i).name());
        assertThat(tensor.type().torchName()).isEqualTo(expected.get(i).dtype());
        assertThat(tensor.shape()).isEqualTo(expected.get(i).shape());
        if (tensor.type().isFloatingPoint()) {
          assertThat(read(checkpoint, tensor))
              .as(tensor.name())
              .isEqualTo(expected.get(i).values());
        }
      }
    }
  }

  @Test
  void theFixturesCoverEveryFloatFormatAndKindOfView() throws IOException {
    Map<String, List<Fixtures.Expected>> files = Fixtures.expected();
    assertThat(files).hasSize(6);
    assertThat(files.get("legacy.pth").stream().map(Fixtures.Expected::dtype))
        .contains("float64", "float32", "float16", "bfloat16", "int64", "bool");
  }

  @Test
  void refusesToReadIntegersAsWeights() {
    try (Checkpoint checkpoint = Checkpoint.open(Fixtures.checkpoint("zip.pth"))) {
      assertThatThrownBy(() -> checkpoint.read("classifier.counter", (values, count) -> {}))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("classifier.counter")
          .hasMessageContaining("holds int64 where floating-point weights were expected");
    }
  }

  @Test
  void refusesAWholeModelByTheNameOfItsClass() {
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.checkpoint("whole-model.pth")).close())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("refuses to unpickle torch.nn.modules.conv.Conv2d")
        .hasMessageContaining("torch.save(model.state_dict(), path)");
  }

  @Test
  void refusesFilesThatAreNoCheckpoints() throws IOException {
    assertRefused(directory.resolve("absent.pth"), "does not exist");
    assertRefused(directory, "is a directory");
    assertRefused(write(""), "is empty (0 bytes)");
    assertRefused(write("P"), "neither like a zip archive nor like a pickle");
    assertRefused(write("<!DOCTYPE html><html>not found</html>"), "neither like a zip archive");
    assertRefused(write("PK but nothing more"), "its zip directory is missing");
    assertRefused(write("\2\0\0\0\0\0\0\0{}"), "is a safetensors file already");
    assertRefused(
        Files.write(directory.resolve("x.pth"), new byte[] {(byte) 0x80, 2, 'N', '.'}),
        "a pickle, but not one that torch.save wrote");
  }

  private Path write(String content) throws IOException {
    return Files.write(directory.resolve("x.pth"), content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void assertRefused(Path file, String expected) {
    assertThatThrownBy(() -> Checkpoint.open(file).close())
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith("Weights file " + file)
        .hasMessageContaining(expected)
        .hasMessageMatching("[^\\n\\r]*; [^\\n\\r]*\\.");
  }

  static float[] read(Checkpoint checkpoint, CheckpointTensor tensor) {
    float[] all = new float[(int) tensor.elements()];
    int[] done = {0};
    checkpoint.read(
        tensor.name(),
        (values, count) -> {
          for (int i = 0; i < count; i++) {
            all[done[0]++] = (float) values[i];
          }
        });
    assertThat(done[0]).isEqualTo(all.length);
    return all;
  }
}
