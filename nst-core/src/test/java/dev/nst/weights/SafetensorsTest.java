package dev.nst.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir private Path directory;

  @Test
  void readsEachFormatAsFloats() throws IOException {
    String header =
        """
        {"__metadata__":{"format":"pt","layout":"OIHW"},
         "a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
         "b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},
         "c":{"dtype":"BF16","shape":[],"data_offsets":[12,14]}}  \
        """;
    byte[] data = new byte[14];
    System.arraycopy(SafetensorsFile.floats(1.5f, -2f), 0, data, 0, 8);
    System.arraycopy(SafetensorsFile.shorts(0x3c00, 0xc000), 0, data, 8, 4);
    System.arraycopy(SafetensorsFile.shorts(0x4049), 0, data, 12, 2);
    Path file = SafetensorsFile.write(directory, header, data);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.names()).containsExactly("a", "b", "c");
      assertThat(weights.metadata()).containsEntry("format", "pt").containsEntry("layout", "OIHW");
      assertThat(weights.info("b")).isEqualTo(new TensorInfo(DType.F16, List.of(2), 8, 12));
      assertThat(weights.shape("a")).containsExactly(1, 2);
      assertThat(weights.shape("c")).isEmpty();
      assertThat(weights.read("a")).containsExactly(1.5f, -2f);
      assertThat(weights.read("b")).containsExactly(1f, -2f);
      assertThat(weights.read("c")).containsExactly(3.140625f);
      assertThat(weights.has("d")).isFalse();
      assertThat(weights.description()).isEqualTo(file.toString());
    }
  }

  @Test
  void readsTensorsWhateverTheirOrderInTheHeader() throws IOException {
    Path file =
        SafetensorsFile.write(
            directory,
            """
            {"late":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},
             "none":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},
             "early":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}\
            """,
            SafetensorsFile.floats(1, 2));
    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.read("early")).containsExactly(1f);
      assertThat(weights.read("late")).containsExactly(2f);
      assertThat(weights.read("none")).isEmpty();
    }
  }

  @Test
  void readsATensorThatLiesBeyondTwoGibibytes() throws IOException {
    long skipped = 3L << 30;
    String header =
        """
        {"big":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]},
         "tail":{"dtype":"F32","shape":[2],"data_offsets":[%d,%d]}}\
        """
            .formatted(skipped / 4, skipped, skipped, skipped + 8);
    Path file = SafetensorsFile.write(directory, header);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.seek(sparse.length() + skipped);
      sparse.write(SafetensorsFile.floats(3, 4));
    }
    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.read("tail")).containsExactly(3f, 4f);
    }
  }

  @Test
  void saysWhichTensorIsNotThere() throws IOException {
    try (Safetensors weights = Safetensors.open(oneFloat())) {
      assertThatThrownBy(() -> weights.read("b"))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("holds no tensor named b");
    }
  }

  @Test
  void refusesToReadOnceClosed() throws IOException {
    Safetensors weights = Safetensors.open(oneFloat());
    weights.close();
    assertThatThrownBy(() -> weights.read("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void saysThatAFileShrankWhileItWasOpen() throws IOException {
    Path file = oneFloat();
    try (Safetensors weights = Safetensors.open(file)) {
      Files.write(file, new byte[8]);
      assertThatThrownBy(() -> weights.read("a"))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("became shorter");
    }
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertRefused(directory.resolve("absent.safetensors"), "does not exist");
  }

  @Test
  void refusesADirectory() {
    assertRefused(directory, "is a directory");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    assertRefused(Files.createFile(directory.resolve("empty")), "is empty (0 bytes)");
  }

  @Test
  void refusesAFileCutShortAnywhere() throws IOException {
    byte[] whole = Files.readAllBytes(oneFloat());
    for (int length = 1; length < whole.length; length++) {
      Path cut = directory.resolve("cut");
      Files.write(cut, Arrays.copyOf(whole, length));
      assertRefused(cut, "is not a valid safetensors file");
    }
  }

  @Test
  void refusesAnAbsurdHeaderLength() throws IOException {
    byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
    assertRefused(SafetensorsFile.write(directory, -1, json), "18446744073709551615 bytes");
    assertRefused(SafetensorsFile.write(directory, 1L << 40, json), "1099511627776 bytes");
    assertRefused(SafetensorsFile.write(directory, 3, json), "inside its header");
  }

  @Test
  void refusesAHeaderThatIsNotAJsonObject() throws IOException {
    assertHeaderRefused("hello", "not valid JSON");
    assertHeaderRefused("[]", "not a JSON object");
    assertHeaderRefused("", "not a JSON object");
    assertHeaderRefused("{} {}", "more text after");
    assertHeaderRefused("{\"a\":{", "not valid JSON");
    assertHeaderRefused("[".repeat(100_000), "not a JSON object");
    assertHeaderRefused("{\"a\":" + "[".repeat(100_000), "is not a JSON object");
    assertRefused(
        SafetensorsFile.write(directory, 2, new byte[] {(byte) 0xc3, 0x28}), "not UTF-8 text");
  }

  @Test
  void keepsControlCharactersOfAFileOutOfMessages() throws IOException {
    assertHeaderRefused("{\"a\\u001b[2J\\nb\":1}", "tensor a?[2J?b is not a JSON object");
  }

  @Test
  void refusesKeysThatComeTwice() throws IOException {
    String tensor = "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    assertHeaderRefused("{" + tensor + "," + tensor + "}", "Duplicate");
    assertHeaderRefused("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "Duplicate");
  }

  @Test
  void refusesMetadataThatIsNotText() throws IOException {
    assertHeaderRefused("{\"__metadata__\":{\"k\":1}}", "other than text under k");
    assertHeaderRefused("{\"__metadata__\":[]}", "__metadata__ is not a JSON object");
  }

  @Test
  void refusesTensorsThatAreNotDescribedAsTheFormatSays() throws IOException {
    assertTensorRefused("\"dtype\":\"F32\",\"shape\":[1]", "lacks one of");
    assertTensorRefused("\"colour\":1", "unknown field colour");
    assertTensorRefused(tensor("F64", "1", "0,8"), "dtype F64 where F32, F16 or BF16 was expected");
    assertTensorRefused(tensor("F32", "-1", "0,4"), "shape with -1 where a whole number");
    assertTensorRefused(tensor("F32", "1.5", "0,4"), "shape with 1.5 where a whole number");
    assertTensorRefused(tensor("F32", "[1]", "0,4"), "shape with [ where a whole number");
    assertTensorRefused(tensor("F32", "99999999999999999999", "0,4"), "where a whole number");
    assertTensorRefused(tensor("F32", "4294967296", "0,4"), "too large");
    assertTensorRefused(tensor("F32", "1", "0"), "where [begin, end] was expected");
    assertTensorRefused(tensor("F32", "1", "4,0"), "where [begin, end] was expected");
    assertTensorRefused(tensor("F32", "2", "0,4"), "do not take the 4 bytes");
    assertTensorRefused(tensor("F16", "1", "0,4"), "do not take the 4 bytes");
    assertTensorRefused(
        tensor("F32", "2147483647,2147483647,2147483647", "0,4"), "do not take the 4 bytes");
  }

  @Test
  void refusesOffsetsThatDoNotTileTheData() throws IOException {
    String a = "\"a\":{" + tensor("F32", "1", "0,4") + "}";
    assertDataRefused("{" + a + "}", 8, "4 bytes that belong to no tensor");
    assertDataRefused("{" + a + "}", 3, "it was cut short");
    String overlapping = "\"b\":{" + tensor("F32", "1", "2,6") + "}";
    assertDataRefused("{" + a + "," + overlapping + "}", 6, "tensor b overlaps");
    String distant = "\"b\":{" + tensor("F32", "1", "6,10") + "}";
    assertDataRefused("{" + a + "," + distant + "}", 10, "a hole before tensor b");
    String outside =
        "\"b\":{" + tensor("F32", "1", "9223372036854775800,9223372036854775804") + "}";
    assertDataRefused("{" + a + "," + outside + "}", 8, "it was cut short");
  }

  private Path oneFloat() throws IOException {
    return SafetensorsFile.write(
        directory, "{\"a\":{" + tensor("F32", "1", "0,4") + "}}", SafetensorsFile.floats(1));
  }

  private static String tensor(String dtype, String shape, String offsets) {
    return "\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%s]".formatted(dtype, shape, offsets);
  }

  private void assertTensorRefused(String fields, String expected) throws IOException {
    assertDataRefused("{\"a\":{" + fields + "}}", 4, expected);
  }

  private void assertHeaderRefused(String header, String expected) throws IOException {
    assertDataRefused(header, 0, expected);
  }

  private void assertDataRefused(String header, int dataBytes, String expected) throws IOException {
    assertRefused(SafetensorsFile.write(directory, header, new byte[dataBytes]), expected);
  }

  private static void assertRefused(Path file, String expected) {
    assertThatThrownBy(() -> Safetensors.open(file).close())
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith("Weights file " + file)
        .hasMessageContaining(expected)
        .hasMessageMatching("[^\\n\\r]*; [^\\n\\r]*\\.");
  }
}
