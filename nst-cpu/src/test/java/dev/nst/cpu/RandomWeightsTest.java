package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.autograd.Tape;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.SyntheticImages;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Pooling;
import dev.nst.model.RandomWeights;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import dev.nst.weights.WeightSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random features, calibrated on small pictures with the fastest CPU backend there is. */
class RandomWeightsTest {

  private static final long SEED = 7;

  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = Backends.open(Backends.AUTO, BackendOptions.defaults());
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  private static Image picture(int number, int width, int height) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }

  private static Image grey(float value) {
    float[] values = new float[3 * 64 * 64];
    Arrays.fill(values, value);
    return Image.of(64, 64, values);
  }

  /**
   * At 64 pixels every position is a sample, so the statistics hold but for rounding and for the
   * position that is the median itself, a share of 1/n: 1/32 in block 5. At 80 pixels the first
   * block has more positions than samples.
   */
  @ParameterizedTest
  @CsvSource({"64, 64, MAX", "96, 80, AVERAGE"})
  void everyUnitFiresOnHalfOfThePositionsWithMeanOne(int width, int height, Pooling pooling) {
    Image[] pictures = {picture(1, width, height), picture(2, height, width)};
    WeightSource weights = RandomWeights.calibrated(backend, SEED, pooling, pictures);
    Map<Vgg19Layer, float[][]> maps = new EnumMap<>(Vgg19Layer.class);
    features(
        weights,
        pooling,
        (layer, units) -> maps.merge(layer, units, RandomWeightsTest::join),
        pictures);
    assertThat(maps).hasSize(Vgg19Layer.values().length);
    maps.forEach(
        (layer, units) -> {
          for (int k = 0; k < units.length; k++) {
            int positions = units[k].length;
            int firing = 0;
            double sum = 0;
            for (float value : units[k]) {
              firing += value > 0 ? 1 : 0;
              sum += value;
            }
            assertThat((double) firing / positions)
                .as("share of %d positions where unit %d of %s fires", positions, k, layer)
                .isCloseTo(0.5, within(0.05 + 1.0 / positions));
            assertThat(sum / positions)
                .as("mean of unit %d of %s over %d positions", k, layer, positions)
                .isCloseTo(1, within(0.1));
          }
        });
  }

  private static float[][] join(float[][] first, float[][] second) {
    float[][] joined = new float[first.length][];
    for (int k = 0; k < first.length; k++) {
      joined[k] = Arrays.copyOf(first[k], first[k].length + second[k].length);
      System.arraycopy(second[k], 0, joined[k], first[k].length, second[k].length);
    }
    return joined;
  }

  /** Shows {@code each} the map of every layer for every picture, as arrays of positions. */
  private static void features(
      WeightSource weights,
      Pooling pooling,
      BiConsumer<Vgg19Layer, float[][]> each,
      Image... pictures) {
    try (Vgg19 vgg = Vgg19.of(backend, weights)) {
      for (Image picture : pictures) {
        try (Arena arena = backend.openArena("features")) {
          Tape tape = new Tape(backend, arena);
          vgg.run(
              tape,
              tape.constant(ImageNetInput.upload(backend, arena, picture)),
              pooling,
              EnumSet.allOf(Vgg19Layer.class),
              (layer, features) -> each.accept(layer, units(features.value())));
        }
      }
    }
  }

  private static float[][] units(Tensor map) {
    float[] values = new float[Math.toIntExact(map.shape().size())];
    backend.download(values, map);
    int area = map.shape().area();
    float[][] units = new float[map.shape().c()][];
    for (int k = 0; k < units.length; k++) {
      units[k] = Arrays.copyOfRange(values, k * area, (k + 1) * area);
    }
    return units;
  }

  @Test
  void theSeedDecidesTheWeights() {
    Image[] pictures = {picture(1, 40, 36), picture(2, 36, 40)};
    WeightSource first = RandomWeights.calibrated(backend, SEED, Pooling.AVERAGE, pictures);
    WeightSource again = RandomWeights.calibrated(backend, SEED, Pooling.AVERAGE, pictures);
    WeightSource other = RandomWeights.calibrated(backend, SEED + 1, Pooling.AVERAGE, pictures);
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      for (String name :
          new String[] {
            VggArchitecture.VGG19.weightName(layer), VggArchitecture.VGG19.biasName(layer)
          }) {
        assertThat(Arrays.equals(again.read(name), first.read(name))).as(name).isTrue();
        assertThat(Arrays.equals(other.read(name), first.read(name))).as(name).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.485, 0.2"})
  void picturesOfOneColourGiveNumbers(float content, float style) {
    Image[] pictures = {grey(content), grey(style)};
    WeightSource weights = RandomWeights.calibrated(backend, SEED, Pooling.AVERAGE, pictures);
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      assertFinite(
          VggArchitecture.VGG19.weightName(layer),
          weights.read(VggArchitecture.VGG19.weightName(layer)));
      assertFinite(
          VggArchitecture.VGG19.biasName(layer),
          weights.read(VggArchitecture.VGG19.biasName(layer)));
    }
    features(
        weights,
        Pooling.AVERAGE,
        (layer, units) -> {
          for (float[] unit : units) {
            assertFinite(layer.id(), unit);
          }
        },
        grey(content),
        grey(style),
        picture(3, 64, 64));
  }

  private static void assertFinite(String what, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new AssertionError(what + " holds " + value);
      }
    }
  }

  @Test
  void namesItselfAndServesAsANetwork() {
    Image picture = picture(1, 40, 40);
    try (Vgg19 vgg = Vgg19.random(backend, SEED, Pooling.MAX, picture, picture)) {
      assertThat(vgg.description()).isEqualTo("built-in random features");
    }
  }
}
