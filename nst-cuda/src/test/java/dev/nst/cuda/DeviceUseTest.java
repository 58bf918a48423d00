package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GramMse;
import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.backend.Replay;
import dev.nst.contract.SyntheticWeights;
import dev.nst.cuda.emulation.EmulatedCuda;
import dev.nst.cuda.emulation.EmulatedDevice;
import dev.nst.cuda.emulation.EmulatedDevice.Counter;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.Adam;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import dev.nst.transfer.StyleTransfer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the backend asks of the device, counted by the emulated one. */
@OnEmulatedCuda
class DeviceUseTest {

  private static final List<Counter> HELD =
      List.of(
          Counter.LIVE_ALLOCATIONS,
          Counter.LIVE_BYTES,
          Counter.LIVE_PINNED,
          Counter.LIVE_STREAMS,
          Counter.LIVE_EVENTS,
          Counter.LIVE_MODULES,
          Counter.LIVE_GRAPHS,
          Counter.LEAKED_ALLOCATIONS,
          Counter.LEAKED_HANDLES,
          Counter.CONTEXT_REFERENCES);

  @BeforeEach
  void start() {
    EmulatedCuda.load();
    EmulatedDevice.reset();
  }

  @AfterEach
  void reset() {
    System.clearProperty(CudaBackendProvider.GRAPH_PROPERTY);
    EmulatedDevice.reset();
  }

  static void assertNothingIsHeld() {
    for (Counter counter : HELD) {
      assertThat(EmulatedDevice.count(counter)).as(counter.name()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyRunsLeaveNothingOnTheDevice(Precision precision) {
    for (int run = 0; run < 5; run++) {
      try (Backend backend = TestDevices.open(precision)) {
        SmallJob.paint(backend, 3, null);
        SmallJob.paint(backend, 2, null);
        if (run == 0) {
          assertThat(backend.measurePeak().getAsDouble()).isPositive();
          assertThat(backend.measureBandwidth().getAsDouble()).isPositive();
        }
      }
      assertNothingIsHeld();
    }
  }

  @Test
  void anIterationIsOneGraphThatAllocatesNothingAndNeverWaits() {
    try (Backend backend = TestDevices.open(Precision.FP16);
        Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
        Arena session = backend.openArena("session");
        Arena step = backend.openArena("step")) {
      Tensor image = ImageNetInput.upload(backend, session, SmallJob.picture(1, 40, 33));
      Tensor target = session.allocate(Shape.matrix(128, 128));
      backend.fill(target, 0);
      Adam adam = new Adam(backend, session, image.shape(), AdamParameters.withLearningRate(0.01));
      GradScaler scaler = GradScaler.forFeaturesOf(backend, session);
      Runnable iteration = () -> iterate(vgg, step, image, target, adam, scaler);
      try (Replay replay = backend.record(iteration)) {
        replay.run();
        Map<Counter, Long> before = counts();
        assertThat(before.get(Counter.GRAPH_LAUNCHES)).isEqualTo(1);
        for (int i = 0; i < 10; i++) {
          replay.run();
        }
        Map<Counter, Long> expected = new EnumMap<>(before);
        expected.put(Counter.GRAPH_LAUNCHES, 11L);
        assertThat(counts()).isEqualTo(expected);
      }
    }
    assertNothingIsHeld();
  }

  private static Map<Counter, Long> counts() {
    Map<Counter, Long> counts = new EnumMap<>(Counter.class);
    for (Counter counter :
        new Counter[] {
          Counter.ALLOCATIONS, Counter.HOST_WAITS, Counter.KERNEL_LAUNCHES, Counter.GRAPH_LAUNCHES
        }) {
      counts.put(counter, EmulatedDevice.count(counter));
    }
    return counts;
  }

  /** One iteration with a style loss in block 2. */
  private static void iterate(
      Vgg19 vgg, Arena step, Tensor image, Tensor target, Adam adam, GradScaler scaler) {
    step.reset();
    Tape tape = new Tape(vgg.backend(), step);
    Variable x = tape.leaf(image);
    List<Variable> losses = new ArrayList<>();
    vgg.run(
        tape,
        x,
        Pooling.MAX,
        Set.of(Vgg19Layer.CONV2_1),
        (layer, features) -> losses.add(GramMse.apply(tape, features, target, 0.001f, 1)));
    tape.backward(losses.get(0), scaler.scale());
    Tensor gradient = tape.gradient(x);
    scaler.unscale(gradient);
    adam.step(image, gradient, scaler.apply());
  }

  @Test
  void withoutGraphsTheSamePictureIsPaintedKernelByKernel() {
    Image recorded;
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      recorded = SmallJob.paint(backend, 6, null);
    }
    long before = EmulatedDevice.count(Counter.GRAPH_LAUNCHES);
    assertThat(before).isPositive();
    System.setProperty(CudaBackendProvider.GRAPH_PROPERTY, "false");
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      Image direct = SmallJob.paint(backend, 6, null);
      assertThat(direct.toChw()).isEqualTo(recorded.toChw());
    }
    assertThat(EmulatedDevice.count(Counter.GRAPH_LAUNCHES)).isEqualTo(before);
  }

  @Test
  void refusesAGraphSettingThatIsNeitherTrueNorFalse() {
    System.setProperty(CudaBackendProvider.GRAPH_PROPERTY, "maybe");
    assertThatThrownBy(() -> TestDevices.open(Precision.BF16))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("-Dnst.cuda.graph")
        .hasMessageContaining("maybe");
    assertNothingIsHeld();
  }

  @Test
  void fiveHundredAndTwelvePixelsFitIntoOneGigabyteInBf16() {
    EmulatedDevice.setTotalMemory(1_000_000_000L);
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      Dimensions wide = new Dimensions(768, 512);
      assertThatCode(
              () -> StyleTransfer.requireMemory(backend, Recipe.gatys(), wide, List.of(wide)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aLargePrintFitsOntoAnEightyGigabyteDeviceInBf16() {
    EmulatedDevice.setTotalMemory(80_000_000_000L);
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      Dimensions print = new Dimensions(4096, 3072);
      assertThatCode(
              () -> StyleTransfer.requireMemory(backend, Recipe.gatys(), print, List.of(print)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aSizeThatDoesNotFitIsRefusedWithTheLargestThatDoes() {
    EmulatedDevice.setTotalMemory(1_000_000_000L);
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      Dimensions print = new Dimensions(4096, 3072);
      assertThatThrownBy(
              () -> StyleTransfer.requireMemory(backend, Recipe.gatys(), print, List.of(print)))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("4096x3072")
          .hasMessageContaining("the largest that fits is about")
          .hasMessageContaining("--size");
    }
  }
}
