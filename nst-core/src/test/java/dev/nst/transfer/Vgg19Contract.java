package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.Backend;
import dev.nst.contract.RecordingBackend;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Padding;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.weights.WeightSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What weights the network takes, and when. Every backend may run it. */
public abstract class Vgg19Contract {

  /** Every tensor of VGG-19, made of arithmetic. */
  private static final WeightSource WEIGHTS = SyntheticWeights.source();

  private RecordingBackend recording;
  private Backend backend;

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  @BeforeEach
  void open() {
    backend = openBackend();
    recording = new RecordingBackend(backend);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(Vgg19Layer.class)
  void refusesAMissingTensorByName(Vgg19Layer layer) {
    for (String name :
        List.of(VggArchitecture.VGG19.weightName(layer), VggArchitecture.VGG19.biasName(layer))) {
      Weights weights = new Weights();
      weights.missing = name;
      refused(weights, "has no tensor '" + name + "'");
    }
  }

  @ParameterizedTest
  @EnumSource(Vgg19Layer.class)
  void refusesATensorOfAnotherShapeByName(Vgg19Layer layer) {
    for (String name :
        List.of(VggArchitecture.VGG19.weightName(layer), VggArchitecture.VGG19.biasName(layer))) {
      Weights weights = new Weights();
      weights.misshapen = name;
      weights.otherShape = new int[] {layer.outChannels(), 7};
      refused(
          weights, "tensor '" + name + "' should have shape", "[" + layer.outChannels() + ", 7]");
    }
  }

  @Test
  void refusesKernelsOfAnotherSizeOrTransposed() {
    for (int[] shape : new int[][] {{128, 64, 5, 5}, {64, 128, 3, 3}, {3, 3, 64, 128}}) {
      Weights weights = new Weights();
      weights.misshapen = VggArchitecture.VGG19.weightName(Vgg19Layer.CONV2_1);
      weights.otherShape = shape;
      refused(weights, "[128, 64, 3, 3]", Arrays.toString(shape));
    }
  }

  private void refused(Weights weights, String... parts) {
    assertThatThrownBy(() -> Vgg19.of(recording.backend(), weights))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(weights.description())
        .hasMessageContainingAll(parts);
    assertThat(weights.read).isEmpty();
    assertThat(recording.preparedFilters()).isZero();
  }

  @Test
  void aReplicatedEdgeChangesTheFirstLayerAlongTheEdgeAlone() {
    int side = 33;
    try (Vgg19 vgg = Vgg19.of(backend, WEIGHTS);
        Arena arena = backend.openArena("maps")) {
      float[] zeros = conv11(vgg, arena, Padding.ZERO, side);
      float[] replicated = conv11(vgg, arena, Padding.REPLICATE, side);
      float tolerance = backend.featureType() == DType.F32 ? 1e-5f : 2e-2f;
      int changed = 0;
      for (int p = 0; p < zeros.length; p++) {
        int i = p / side % side;
        int j = p % side;
        boolean edge = Math.min(i, j) == 0 || Math.max(i, j) == side - 1;
        boolean same = Math.abs(zeros[p] - replicated[p]) <= tolerance * (1 + Math.abs(zeros[p]));
        assertThat(same || edge).as("position %d, %d", i, j).isTrue();
        changed += same ? 0 : 1;
      }
      assertThat(changed).isGreaterThan(side);
    }
  }

  private float[] conv11(Vgg19 vgg, Arena arena, Padding padding, int side) {
    Image image = Image.of(side, side, SyntheticImages.image(1, side, side));
    Variable[] tapped = new Variable[1];
    Tape tape = new Tape(backend, arena);
    vgg.run(
        tape,
        tape.constant(ImageNetInput.upload(backend, arena, image)),
        padding,
        Pooling.L2,
        EnumSet.of(Vgg19Layer.CONV1_1),
        (layer, features) -> tapped[0] = features);
    float[] values = new float[64 * side * side];
    backend.download(values, tapped[0].value());
    return values;
  }

  @Test
  void openingReadsNoWeights() {
    Weights weights = new Weights();
    try (Vgg19 vgg = Vgg19.of(recording.backend(), weights)) {
      assertThat(vgg.description()).isEqualTo(weights.description());
      assertThat(weights.read).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Vgg19Layer.class,
      names = {"CONV1_1", "CONV2_2", "CONV3_1"})
  void layersPastTheDeepestTapAreNeitherReadNorPrepared(Vgg19Layer deepest) {
    Weights weights = new Weights();
    try (Vgg19 vgg = Vgg19.of(recording.backend(), weights)) {
      run(vgg, EnumSet.of(Vgg19Layer.CONV1_1, deepest));
      List<String> expected = new ArrayList<>();
      for (Vgg19Layer layer : EnumSet.range(Vgg19Layer.CONV1_1, deepest)) {
        expected.add(VggArchitecture.VGG19.weightName(layer));
        expected.add(VggArchitecture.VGG19.biasName(layer));
      }
      assertThat(weights.read).containsExactlyElementsOf(expected);
      assertThat(recording.preparedFilters()).isEqualTo(deepest.ordinal() + 1);
    }
  }

  @Test
  void aSecondRunPreparesOnlyWhatIsNew() {
    Weights weights = new Weights();
    try (Vgg19 vgg = Vgg19.of(recording.backend(), weights)) {
      run(vgg, EnumSet.of(Vgg19Layer.CONV1_2));
      run(vgg, EnumSet.of(Vgg19Layer.CONV1_2));
      run(vgg, EnumSet.of(Vgg19Layer.CONV2_1));
      assertThat(recording.preparedFilters()).isEqualTo(3);
      assertThat(weights.read).hasSize(6).doesNotHaveDuplicates();
    }
  }

  @Test
  void tapsAreHeardInTheNetworksOrderWithTheirShapes() {
    List<Vgg19Layer> heard;
    try (Vgg19 vgg = Vgg19.of(recording.backend(), new Weights())) {
      heard = run(vgg, Set.of(Vgg19Layer.CONV3_1, Vgg19Layer.CONV1_1, Vgg19Layer.CONV2_2));
    }
    assertThat(heard).containsExactly(Vgg19Layer.CONV1_1, Vgg19Layer.CONV2_2, Vgg19Layer.CONV3_1);
  }

  @Test
  void closingClosesTheFilters() {
    Vgg19 vgg = Vgg19.of(recording.backend(), new Weights());
    run(vgg, EnumSet.of(Vgg19Layer.CONV2_1));
    assertThat(recording.openFilters()).isEqualTo(3);
    vgg.close();
    assertThat(recording.openFilters()).isZero();
    assertThat(recording.reservedBytes()).isZero();
    assertThatCode(vgg::close).doesNotThrowAnyException();
  }

  /** Runs a picture of 16x18 (HxW) through the network and returns the taps heard. */
  private List<Vgg19Layer> run(Vgg19 vgg, Set<Vgg19Layer> taps) {
    List<Vgg19Layer> heard = new ArrayList<>();
    try (Arena arena = recording.backend().openArena("features")) {
      Tape tape = new Tape(recording.backend(), arena);
      Image picture = Image.of(18, 16, SyntheticImages.image(1, 16, 18));
      Variable input = tape.constant(ImageNetInput.upload(recording.backend(), arena, picture));
      vgg.run(
          tape,
          input,
          Pooling.MAX,
          taps,
          (layer, features) -> {
            heard.add(layer);
            int halvings = layer.id().charAt("conv".length()) - '1';
            assertThat(features.value().shape().c()).isEqualTo(layer.outChannels());
            assertThat(features.value().shape().h()).isEqualTo(16 >> halvings);
            assertThat(features.value().shape().w()).isEqualTo(18 >> halvings);
          });
    }
    return heard;
  }

  /** Synthetic weights that note what is read, and may lack or bend one tensor. */
  private static final class Weights implements WeightSource {
    private final List<String> read = new ArrayList<>();
    private String missing = "";
    private String misshapen = "";
    private int[] otherShape = {};

    @Override
    public boolean has(String name) {
      return !name.equals(missing) && WEIGHTS.has(name);
    }

    @Override
    public int[] shape(String name) {
      return name.equals(misshapen) ? otherShape : WEIGHTS.shape(name);
    }

    @Override
    public float[] read(String name) {
      read.add(name);
      return WEIGHTS.read(name);
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public String description() {
      return "weights under test";
    }
  }
}
