package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to a file, it is read or refused in a sentence: nothing else is ever thrown. */
class DamagedCheckpointTest {
  private static Path propertyFile;

  @TempDir private Path directory;

  @BeforeContainer
  static void makeFile() throws IOException {
    propertyFile = Files.createTempFile("nst-damaged", ".pth");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(propertyFile);
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy.pth", "zip.pth"})
  void refusesAFileCutShortAnywhere(String fixture) throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.checkpoint(fixture));
    Path file = directory.resolve(fixture);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAll(file))
          .as("cut to %d bytes", length)
          .isExactlyInstanceOf(NstException.class)
          .hasMessageMatching("Weights file [^\\n\\r]*; [^\\n\\r]*\\.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy.pth", "zip.pth"})
  void readsOrRefusesAFileWithAnyByteChanged(String fixture) throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.checkpoint(fixture));
    Path file = directory.resolve(fixture);
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) 0x81;
      Files.write(file, changed);
      refused += readOrRefuse(file) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(whole.length / 4);
  }

  @Property(tries = 1000)
  void readsOrRefusesAFileWithManyBytesChanged(
      @ForAll boolean zip,
      @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 0, max = 1 << 20) Integer> places,
      @ForAll @Size(12) List<Byte> values)
      throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.checkpoint(zip ? "zip.pth" : "legacy.pth"));
    for (int i = 0; i < places.size(); i++) {
      bytes[places.get(i) % bytes.length] = values.get(i);
    }
    Files.write(propertyFile, bytes);
    readOrRefuse(propertyFile);
  }

  /** Any order of instructions, most of them valid ones. */
  @Property(tries = 1000)
  void readsOrRefusesAnyPickle(@ForAll @Size(max = 60) List<@IntRange(max = 99) Integer> choices)
      throws IOException {
    String instructions = "(NK)]}thhqqaesuRbQ\u0085\u0086\u0087\u0088\u0094\u0093";
    PickleBytes object = new PickleBytes().raw("}q").raw(0);
    for (int choice : choices) {
      switch (choice % 8) {
        case 0 -> object.text(choice < 50 ? "storage" : "features.0.weight");
        case 1 -> object.global("torch._utils", "_rebuild_tensor_v2");
        case 2 -> object.storage("FloatStorage", "k", choice < 50 ? 1 : 2);
        case 3 -> object.global("collections", "OrderedDict");
        default -> {
          char instruction = instructions.charAt(choice % instructions.length());
          object.raw(String.valueOf(instruction));
          if ("Khq".indexOf(instruction) >= 0) {
            object.raw(choice % 3);
          }
        }
      }
    }
    Files.write(propertyFile, PickleBytes.legacy(object, new String[] {"k"}, 1));
    readOrRefuse(propertyFile);
  }

  private static boolean readOrRefuse(Path file) {
    try {
      readAll(file);
      return true;
    } catch (NstException e) {
      assertThat(e.getMessage()).matches("[^\\n\\r]*; [^\\n\\r]*\\.");
      return false;
    }
  }

  private static void readAll(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (CheckpointTensor tensor : checkpoint.tensors()) {
        if (tensor.type().isFloatingPoint()) {
          checkpoint.read(tensor.name(), (values, count) -> {});
        }
      }
    }
  }
}
