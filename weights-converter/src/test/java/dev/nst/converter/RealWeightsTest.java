package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.tensor.DType;
import dev.nst.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The converter on real VGG-19 weights, which are not part of the repository. */
class RealWeightsTest {
  private static final String SHA256 =
      "8c38ed815489c467f2f6542356b05aed1946bad52ba0680ad22b2be8aa9ab922";
  private static final long VGG19_PARAMETERS = 20_024_384;

  @TempDir private Path directory;

  private Path checkpoint;

  @BeforeEach
  void findWeights() {
    Optional<Path> found = Fixtures.realWeights();
    Assumptions.assumeTrue(
        found.isPresent(),
        "no shared/weights/vgg19-features.pth beside a parent folder; -Dnst.shared=DIR names it");
    checkpoint = found.get();
  }

  @Test
  void convertsToWhatPyTorchReads() throws IOException {
    Path out = directory.resolve("vgg19.safetensors");
    Conversion conversion =
        CheckpointConverter.convert(
            checkpoint, out, ConversionOptions.of(DType.F32), ProgressListener.none());
    assertThat(conversion.tensors()).hasSize(32);
    assertThat(conversion.parameters()).isEqualTo(VGG19_PARAMETERS);

    List<Fixtures.Expected> expected = Fixtures.vgg19();
    assertThat(expected).hasSize(32);
    try (Safetensors weights = Safetensors.open(out)) {
      assertThat(weights.metadata())
          .containsEntry("source", "vgg19-features.pth")
          .containsEntry("sha256", SHA256)
          .containsEntry("architecture", "vgg19");
      assertThat(weights.names())
          .containsExactlyElementsOf(expected.stream().map(Fixtures.Expected::name).toList());
      for (Fixtures.Expected tensor : expected) {
        assertThat(weights.info(tensor.name()).shape()).isEqualTo(tensor.shape());
        float[] values = weights.read(tensor.name());
        for (int i = 0; i < tensor.indices().size(); i++) {
          assertThat(values[tensor.indices().get(i)])
              .as("%s at %d", tensor.name(), tensor.indices().get(i))
              .isEqualTo(tensor.values()[i]);
        }
      }
    }
  }

  @Test
  void describesTheCheckpoint() {
    WeightsInfo info = WeightsInfo.describe(checkpoint);
    assertThat(info.container()).isEqualTo("PyTorch legacy pickle");
    assertThat(info.sha256()).isEqualTo(SHA256);
    assertThat(info.tensors()).hasSize(32);
    assertThat(info.parameters()).isEqualTo(VGG19_PARAMETERS);
  }
}
