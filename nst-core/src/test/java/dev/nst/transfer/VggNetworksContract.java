package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.backend.Backend;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.InputConvention;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.weights.Safetensors;
import dev.nst.weights.WeightSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * VGG-16, with torchvision's and with Caffe's input, against PyTorch in float64
 * (scripts/goldens/make_vgg16_golden.py). Every backend may run it.
 */
public abstract class VggNetworksContract {

  private static final Image PICTURE = picture(1);
  private static final Image OTHER = picture(2);

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  private static Image picture(int number) {
    return Image.of(47, 33, SyntheticImages.image(number, 33, 47));
  }

  private static Safetensors golden() {
    return Safetensors.open(Golden.resource("vgg16-33x47.safetensors"));
  }

  @ParameterizedTest
  @EnumSource(InputConvention.class)
  void featuresOfVgg16EqualPyTorchForEitherInput(InputConvention input) {
    List<Vgg19Layer> heard = new ArrayList<>();
    try (Safetensors golden = golden();
        Backend backend = openBackend();
        Vgg19 vgg = Vgg19.of(backend, new Vgg16(input));
        Arena arena = backend.openArena("features")) {
      assertThat(vgg.architecture()).isEqualTo(VggArchitecture.VGG16);
      Tape tape = new Tape(backend, arena);
      vgg.run(
          tape,
          tape.constant(vgg.input().pixels().upload(backend, arena, PICTURE)),
          Pooling.MAX,
          VggArchitecture.VGG16.layers(),
          (layer, features) -> {
            heard.add(layer);
            GoldenChecks.checkFeatures(
                backend,
                GoldenTolerances.of(backend.precision()),
                golden,
                input.id() + ".features." + layer.id(),
                features.value());
          });
    }
    assertThat(heard).containsExactlyElementsOf(VggArchitecture.VGG16.layers());
  }

  @ParameterizedTest
  @EnumSource(InputConvention.class)
  void aJobsLossEqualsPyTorchWhateverTheRecipesPixels(InputConvention input) {
    try (Safetensors golden = golden();
        Backend backend = openBackend();
        Vgg19 vgg = Vgg19.of(backend, new Vgg16(input))) {
      double expected = golden.read(input.id() + ".content_loss")[0];
      double tolerance = GoldenTolerances.of(backend.precision()).losses() * expected;
      for (PixelSpace pixels : PixelSpace.values()) {
        Recipe recipe =
            Recipe.contentReconstruction(Vgg19Layer.CONV4_1)
                .withPooling(Pooling.MAX)
                .withTvWeight(0)
                .withPixels(pixels);
        try (StyleTransfer job =
            StyleTransfer.on(vgg).content(PICTURE).style(PICTURE).recipe(recipe).build()) {
          assertThat(job.evaluate(OTHER).content())
              .as("in %s", pixels)
              .isCloseTo(expected, within(tolerance));
        }
      }
    }
  }

  @Test
  void aRecipeIsRefusedThatWantsALayerTheNetworkLacks() {
    try (Backend backend = openBackend();
        Vgg19 vgg = Vgg19.of(backend, new Vgg16(InputConvention.TORCHVISION))) {
      StyleTransfer.Builder job =
          StyleTransfer.on(vgg)
              .content(PICTURE)
              .style(PICTURE)
              .recipe(Recipe.contentReconstruction(Vgg19Layer.CONV4_4));
      assertThatThrownBy(job::build)
          .isInstanceOf(NstException.class)
          .hasMessageStartingWith("VGG-16 has no layer conv4_4, which the recipe wants")
          .hasMessageContaining("conv4_3, conv5_1")
          .hasMessageEndingWith(".");
    }
  }

  @Test
  void aLayerThatWeighsNothingIsNotMissed() {
    try (Backend backend = openBackend();
        Vgg19 vgg = Vgg19.of(backend, new Vgg16(InputConvention.TORCHVISION))) {
      Recipe recipe =
          Recipe.gatys().withContentLayers(List.of(Vgg19Layer.CONV5_4)).withContentWeight(0);
      try (StyleTransfer job =
          StyleTransfer.on(vgg).content(PICTURE).style(PICTURE).recipe(recipe).build()) {
        assertThat(job.iterations()).isEqualTo(recipe.iterations());
      }
    }
  }

  /** Synthetic weights; those that see Caffe's larger numbers are smaller. */
  private record Vgg16(WeightSource weights, float factor) implements WeightSource {

    Vgg16(InputConvention input) {
      this(
          SyntheticWeights.source(VggArchitecture.VGG16, Map.of(InputConvention.KEY, input.id())),
          input == InputConvention.CAFFE ? 1 / 64f : 1);
    }

    @Override
    public boolean has(String name) {
      return weights.has(name);
    }

    @Override
    public int[] shape(String name) {
      return weights.shape(name);
    }

    @Override
    public float[] read(String name) {
      float[] values = weights.read(name);
      if (name.equals("features.0.weight")) {
        for (int i = 0; i < values.length; i++) {
          values[i] *= factor;
        }
      }
      return values;
    }

    @Override
    public Map<String, String> metadata() {
      return weights.metadata();
    }

    @Override
    public String description() {
      return weights.description();
    }
  }
}
