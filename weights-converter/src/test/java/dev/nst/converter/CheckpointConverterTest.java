package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.model.InputConvention;
import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import dev.nst.weights.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointConverterTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"legacy.pth", "legacy-2017.pth", "zip.pth"})
  void convertsTheFeaturesAndLeavesTheClassifier(String fixture) throws IOException {
    Path out = directory.resolve("out.safetensors");
    convert(fixture, out, DType.F32);
    List<Fixtures.Expected> expected =
        Fixtures.expected().get(fixture).stream()
            .filter(tensor -> tensor.name().startsWith("features."))
            .toList();
    try (Safetensors weights = Safetensors.open(out)) {
      assertThat(weights.names())
          .containsExactlyElementsOf(expected.stream().map(Fixtures.Expected::name).toList());
      for (Fixtures.Expected tensor : expected) {
        assertThat(weights.info(tensor.name()).dtype()).isEqualTo(DType.F32);
        assertThat(weights.info(tensor.name()).shape()).isEqualTo(tensor.shape());
        assertThat(weights.read(tensor.name())).as(tensor.name()).isEqualTo(tensor.values());
      }
    }
  }

  @Test
  void saysWhereTheWeightsComeFrom() throws IOException {
    Path out = directory.resolve("out.safetensors");
    Conversion conversion = convert("zip.pth", out, DType.F32);
    try (Safetensors weights = Safetensors.open(out)) {
      assertThat(weights.metadata())
          .isEqualTo(conversion.metadata())
          .containsEntry("format", "pt")
          .containsEntry("source", "zip.pth")
          .containsEntry("sha256", Sha256.of(Fixtures.checkpoint("zip.pth")))
          .containsEntry("layout", "OIHW")
          .containsEntry(InputConvention.KEY, "torchvision")
          .containsEntry("input", "RGB in [0,1], normalised with ImageNet mean/std")
          .containsKey("nst_version")
          .doesNotContainKey("architecture");
      assertThat(weights.metadata().get("nst_version")).matches("\\d+\\.\\d+.*");
    }
  }

  @Test
  void unwrapsAStateDictAndTheNamesOfDataParallel() throws IOException {
    Path out = directory.resolve("out.safetensors");
    Conversion conversion = convert("wrapped.pth", out, DType.F32);
    assertThat(conversion.tensors())
        .extracting(CheckpointTensor::name)
        .containsExactly("features.0.weight", "features.0.bias");
    assertThat(conversion.parameters()).isEqualTo(2 * 3 * 3 * 3 + 2);
  }

  @Test
  void takesModuleOutOfFeaturesToo() throws IOException {
    PickleBytes object = new PickleBytes().raw("}").text("features.module.3.bias");
    object.tensor("k", 1, 0, new long[] {1}, new long[] {1}).raw("s");
    Path in = write(PickleBytes.legacy(object, new String[] {"k"}, 1));
    Path out = directory.resolve("out.safetensors");
    Conversion conversion =
        CheckpointConverter.convert(
            in, out, ConversionOptions.of(DType.F32), ProgressListener.none());
    assertThat(conversion.tensors().get(0).name()).isEqualTo("features.3.bias");
  }

  @Test
  void narrowsToEitherHalf() throws IOException {
    float[] exact = convertedWeights(DType.F32);
    float[] float16 = convertedWeights(DType.F16);
    float[] bfloat16 = convertedWeights(DType.BF16);
    for (int i = 0; i < exact.length; i++) {
      short half = HalfPrecision.floatToFloat16(exact[i]);
      assertThat(float16[i]).isEqualTo(HalfPrecision.float16ToFloat(half));
      short brain = HalfPrecision.floatToBfloat16(exact[i]);
      assertThat(bfloat16[i]).isEqualTo(HalfPrecision.bfloat16ToFloat(brain));
    }
  }

  private float[] convertedWeights(DType dtype) {
    Path out = directory.resolve(dtype + ".safetensors");
    convert("wrapped.pth", out, dtype);
    try (Safetensors weights = Safetensors.open(out)) {
      assertThat(weights.info("features.0.weight").dtype()).isEqualTo(dtype);
      return weights.read("features.0.weight");
    }
  }

  @Test
  void refusesToTurnLargeNumbersIntoInfinities() throws IOException {
    String tensor = "Tensor features.0.bias holds 3.3999999521443642E38, too large for ";
    assertFails(Fixtures.checkpoint("zip.pth"), DType.F16, tensor + "f16");
    assertFails(Fixtures.checkpoint("zip.pth"), DType.BF16, tensor + "bf16");

    PickleBytes doubles = new PickleBytes().raw("}").text("features.0.bias");
    doubles.global("torch._utils", "_rebuild_tensor").raw("(").storage("DoubleStorage", "k", 1);
    doubles.integer(0).tuple(1).tuple(1).raw("tRs");
    byte[] start = PickleBytes.legacy(doubles, new String[] {"k"});
    ByteBuffer file = ByteBuffer.allocate(start.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    Path in = write(file.put(start).putLong(1).putDouble(1e300).array());
    assertFails(in, DType.F32, "holds 1.0E300, too large for f32");
  }

  @Test
  void leavesTheOldOutputAloneWhenItFails() throws IOException {
    Path out = Files.writeString(directory.resolve("out.safetensors"), "precious");
    assertThatThrownBy(() -> convert("zip.pth", out, DType.F16)).isInstanceOf(NstException.class);
    assertThatThrownBy(() -> convert("whole-model.pth", out, DType.F32))
        .isInstanceOf(NstException.class);
    ProgressListener broken =
        (done, total) -> {
          throw new IllegalStateException("the listener failed");
        };
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    Fixtures.checkpoint("zip.pth"), out, ConversionOptions.of(DType.F32), broken))
        .isInstanceOf(IllegalStateException.class);
    assertThat(out).hasContent("precious");
    assertOnlyFile(out);
  }

  @Test
  void replacesTheOldOutputWhenItSucceeds() throws IOException {
    Path out = Files.writeString(directory.resolve("out.safetensors"), "old");
    convert("zip.pth", out, DType.F32);
    assertThat(WeightsInfo.describe(out).tensors()).isNotEmpty();
    assertOnlyFile(out);
  }

  @Test
  void followsALinkToTheOutput() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real")).resolve("out.safetensors");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(directory.resolve("link.safetensors"), real);
    convert("zip.pth", link, DType.F32);
    assertThat(link).isSymbolicLink();
    assertThat(WeightsInfo.describe(real).container()).isEqualTo("safetensors");
  }

  @Test
  void saysWhyTheOutputCannotBeWritten() throws IOException {
    assertThatThrownBy(() -> convert("zip.pth", directory, DType.F32))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> convert("zip.pth", directory.resolve("no/out"), DType.F32))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("does not exist; create it");
    Path in = Files.copy(Fixtures.checkpoint("zip.pth"), directory.resolve("same.pth"));
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    in, in, ConversionOptions.of(DType.F32), ProgressListener.none()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("is the checkpoint itself");
    assertThat(in).hasSameBinaryContentAs(Fixtures.checkpoint("zip.pth"));
  }

  @Test
  void refusesAnOutputInADirectoryThatMayNotBeWritten() throws IOException {
    Path locked = Files.createDirectory(directory.resolve("locked"));
    Assumptions.assumeTrue(
        locked.toFile().setWritable(false) && !Files.isWritable(locked),
        "this user may write everywhere");
    try {
      assertThatThrownBy(() -> convert("zip.pth", locked.resolve("out.safetensors"), DType.F32))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("cannot be written");
    } finally {
      assertThat(locked.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  void saysWhatACheckpointOfAnotherNetworkHolds() throws IOException {
    PickleBytes other = new PickleBytes().raw("}").text("conv1.weight");
    other.tensor("k", 1, 0, new long[] {1}, new long[] {1}).raw("s");
    Path in = write(PickleBytes.legacy(other, new String[] {"k"}, 1));
    Path out = directory.resolve("out.safetensors");
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    in, out, ConversionOptions.of(DType.F32), ProgressListener.none()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("holds no tensor named features.N.weight or features.N.bias")
        .hasMessageContaining("but conv1.weight; give");
    Path empty = write(PickleBytes.legacy(new PickleBytes().raw("}"), new String[0]));
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    empty, out, ConversionOptions.of(DType.F32), ProgressListener.none()))
        .hasMessageContaining("but no tensors at all");
  }

  @Test
  void refusesAViewThatRepeatsElements() throws IOException {
    PickleBytes expanded = new PickleBytes().raw("}").text("features.0.weight");
    expanded.tensor("k", 1, 0, new long[] {1000}, new long[] {0}).raw("s");
    Path in = write(PickleBytes.legacy(expanded, new String[] {"k"}, 1));
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    in,
                    directory.resolve("out.safetensors"),
                    ConversionOptions.of(DType.F32),
                    ProgressListener.none()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("features.0.weight")
        .hasMessageContaining("repeats elements");
  }

  @Test
  void allowsSharedWeightsButNoExpansionOfOneStorage() throws IOException {
    Path out = directory.resolve("out.safetensors");
    Path shared = write(PickleBytes.legacy(viewsOfOneStorage(16), new String[] {"k"}, 4));
    assertThat(
            CheckpointConverter.convert(
                    shared, out, ConversionOptions.of(DType.F32), ProgressListener.none())
                .parameters())
        .isEqualTo(64);
    Files.delete(out);
    Path bomb = write(PickleBytes.legacy(viewsOfOneStorage(17), new String[] {"k"}, 4));
    assertFails(bomb, DType.F32, "makes tensors of more than 256 bytes from storages of 16; save");
  }

  private static PickleBytes viewsOfOneStorage(int count) {
    PickleBytes object = new PickleBytes().raw("}");
    for (int i = 0; i < count; i++) {
      object.text("features." + i + ".bias");
      object.tensor("k", 4, 0, new long[] {4}, new long[] {1}).raw("s");
    }
    return object;
  }

  @Test
  void refusesAnOutputOfAnotherNameBeforeReadingTheInput() throws IOException {
    Path absent = directory.resolve("absent.pth");
    Path photo = Files.writeString(directory.resolve("photo.jpg"), "precious");
    assertOutputRefused(absent, photo, "must end with .safetensors");
    assertThat(photo).hasContent("precious");
    assertOutputRefused(absent, directory.resolve("new"), "must end with .safetensors");
    assertOutputRefused(absent, directory.resolve("A.SAFETENSORS"), "absent.pth does not exist");
  }

  @Test
  void refusesAnOutputThatIsNoRegularFile() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device), "this system has no /dev/null");
    assertOutputRefused(directory.resolve("absent.pth"), device, "is no regular file; choose");
  }

  @Test
  void refusesAnOutputThatMayNotBeOverwritten() throws IOException {
    Path out = Files.writeString(directory.resolve("out.safetensors"), "precious");
    Assumptions.assumeTrue(
        out.toFile().setWritable(false) && !Files.isWritable(out),
        "this user may write everywhere");
    assertOutputRefused(directory.resolve("absent.pth"), out, "may not be overwritten; change");
    assertThat(out).hasContent("precious");
  }

  private static void assertOutputRefused(Path in, Path out, String expected) {
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    in, out, ConversionOptions.of(DType.F32), ProgressListener.none()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void reportsProgressUpToTheEnd() throws IOException {
    List<Long> reports = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    Path in = Fixtures.checkpoint("legacy.pth");
    CheckpointConverter.convert(
        in,
        directory.resolve("out.safetensors"),
        ConversionOptions.of(DType.F32),
        (done, total) -> {
          reports.add(done);
          totals.add(total);
        });
    assertThat(reports).isSorted().last().isEqualTo(totals.get(0));
    assertThat(totals).containsOnly(totals.get(0));
    assertThat(reports.get(0)).isEqualTo(Files.size(in));
  }

  private void assertFails(Path in, DType dtype, String expected) {
    Path out = directory.resolve("out.safetensors");
    assertThatThrownBy(
            () ->
                CheckpointConverter.convert(
                    in, out, ConversionOptions.of(dtype), ProgressListener.none()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(expected);
    assertThat(out).doesNotExist();
  }

  private void assertOnlyFile(Path file) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  private Path write(byte[] checkpoint) throws IOException {
    return Files.write(directory.resolve("test.pth"), checkpoint);
  }

  @Test
  void writesTheInputConventionThatItIsTold() {
    Path out = directory.resolve("caffe.safetensors");
    ConversionOptions options =
        new ConversionOptions(DType.F32, Optional.of(InputConvention.CAFFE));
    CheckpointConverter.convert(
        Fixtures.checkpoint("zip.pth"), out, options, ProgressListener.none());
    try (Safetensors written = Safetensors.open(out)) {
      assertThat(InputConvention.of(written)).isEqualTo(InputConvention.CAFFE);
    }
    assertThat(WeightsInfo.describe(out).lines())
        .contains(
            "metadata    input_convention = caffe",
            "metadata    input = BGR in [0,255], minus ImageNet mean");
  }

  @Test
  void knowsJohnsonsCaffeCheckpointsByTheirChecksums() {
    ConversionOptions untold = ConversionOptions.of(DType.F32);
    assertThat(untold.input("d01eb7cb" + "0".repeat(56))).isEqualTo(InputConvention.CAFFE);
    assertThat(untold.input("00b39a1b" + "0".repeat(56))).isEqualTo(InputConvention.CAFFE);
    assertThat(untold.input("dcbb9e9d" + "0".repeat(56))).isEqualTo(InputConvention.TORCHVISION);
    assertThat(
            new ConversionOptions(DType.F32, Optional.of(InputConvention.TORCHVISION))
                .input("d01eb7cb" + "0".repeat(56)))
        .isEqualTo(InputConvention.TORCHVISION);
  }

  private static Conversion convert(String fixture, Path out, DType dtype) {
    return CheckpointConverter.convert(
        Fixtures.checkpoint(fixture), out, ConversionOptions.of(dtype), ProgressListener.none());
  }
}
