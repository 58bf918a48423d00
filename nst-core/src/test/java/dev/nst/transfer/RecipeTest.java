package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.loss.LossScale;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {

  private static final Recipe QUICK = Recipe.quick();

  @Test
  void gatysIsTheRecipeOfTheArchitecture() {
    Recipe gatys = Recipe.gatys();
    assertThat(gatys.name()).isEqualTo("gatys");
    assertThat(gatys.size()).isEqualTo(512);
    assertThat(gatys.iterations()).isEqualTo(5000);
    assertThat(gatys.learningRate()).isEqualTo(0.004);
    assertThat(gatys.contentWeight()).isEqualTo(8);
    assertThat(gatys.styleWeight()).isEqualTo(70);
    assertThat(gatys.tvWeight()).isEqualTo(10);
    assertThat(gatys.contentLayers()).containsExactly(Vgg19Layer.CONV5_2);
    assertThat(gatys.styleLayers())
        .isEqualTo(
            Map.of(
                Vgg19Layer.CONV1_1, 0.75,
                Vgg19Layer.CONV2_1, 0.5,
                Vgg19Layer.CONV3_1, 0.2,
                Vgg19Layer.CONV4_1, 0.2,
                Vgg19Layer.CONV5_1, 0.2));
    assertThat(gatys.pooling()).isEqualTo(Pooling.MAX);
    assertThat(gatys.scale()).isEqualTo(LossScale.ABSOLUTE);
  }

  @Test
  void quickIsTheDefaultRecipeOfTheArchitecture() {
    assertThat(QUICK.size()).isEqualTo(384);
    assertThat(QUICK.iterations()).isEqualTo(200);
    assertThat(QUICK.learningRate()).isEqualTo(0.03);
    assertThat(QUICK.contentWeight()).isEqualTo(1);
    assertThat(QUICK.styleWeight()).isEqualTo(100);
    assertThat(QUICK.tvWeight()).isEqualTo(2);
    assertThat(QUICK.contentLayers()).containsExactly(Vgg19Layer.CONV5_2);
    assertThat(QUICK.styleLayers().keySet()).isEqualTo(Recipe.gatys().styleLayers().keySet());
    assertThat(QUICK.styleLayers().values()).containsOnly(0.2);
    assertThat(QUICK.scale()).isEqualTo(LossScale.RELATIVE);
  }

  @Test
  void everyRecipeIsFoundByItsName() {
    assertThat(Recipe.all()).extracting(Recipe::name).doesNotHaveDuplicates();
    for (Recipe recipe : Recipe.all()) {
      assertThat(Recipe.named(recipe.name())).isEqualTo(recipe);
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Recipe.named("monet"))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("'monet'")
        .hasMessageContaining("quick")
        .hasMessageContaining("gatys");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, 1e39})
  void refusesAWeightThatIsNoFloatOfAtLeastZero(double weight) {
    refused("content weight", () -> QUICK.withContentWeight(weight));
    refused("style weight", () -> QUICK.withStyleWeight(weight));
    refused("total variation weight", () -> QUICK.withTvWeight(weight));
    refused(
        "style layer conv3_1 weight",
        () -> QUICK.withStyleLayers(Map.of(Vgg19Layer.CONV3_1, weight)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY, 1e39})
  void refusesALearningRateThatIsNotAboveZero(double rate) {
    refused("learning rate must be above 0", () -> QUICK.withLearningRate(rate));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesFewerThanOneIteration(int iterations) {
    refused("at least 1, got " + iterations, () -> QUICK.withIterations(iterations));
  }

  @Test
  void refusesASizeThatVanishesInTheNetwork() {
    int tooSmall = Vgg19.SMALLEST_EDGE - 1;
    refused("size must be at least " + Vgg19.SMALLEST_EDGE, () -> QUICK.withSize(tooSmall));
    assertThat(QUICK.withSize(Vgg19.SMALLEST_EDGE).size()).isEqualTo(Vgg19.SMALLEST_EDGE);
  }

  @Test
  void refusesAWeightWithoutLayers() {
    refused("at least one layer", () -> QUICK.withContentLayers(List.of()));
    refused("at least one layer", () -> QUICK.withStyleLayers(Map.of()));
  }

  @Test
  void acceptsNoLayersWhereTheWeightIsZero() {
    assertThat(QUICK.withContentWeight(0).withContentLayers(List.of()).contentLayers()).isEmpty();
    assertThat(QUICK.withStyleWeight(0).withStyleLayers(Map.of()).styleLayers()).isEmpty();
  }

  @Test
  void refusesToOptimiseNothing() {
    Recipe tvOnly = QUICK.withContentWeight(0).withStyleWeight(0);
    refused("nothing to optimise", () -> tvOnly.withTvWeight(0));
  }

  private static void refused(String reason, ThrowingCallable attempt) {
    assertThatThrownBy(attempt).isInstanceOf(NstException.class).hasMessageContaining(reason);
  }

  @Test
  void keepsItsOwnCopyOfTheLayers() {
    List<Vgg19Layer> content = new ArrayList<>(List.of(Vgg19Layer.CONV4_2));
    Map<Vgg19Layer, Double> style = new EnumMap<>(Map.of(Vgg19Layer.CONV1_1, 1.0));
    Recipe recipe = QUICK.withContentLayers(content).withStyleLayers(style);
    content.clear();
    style.clear();
    assertThat(recipe.contentLayers()).containsExactly(Vgg19Layer.CONV4_2);
    assertThat(recipe.styleLayers()).containsExactly(Map.entry(Vgg19Layer.CONV1_1, 1.0));
    assertThatThrownBy(() -> recipe.styleLayers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Property(tries = 50)
  void withSizeChangesTheSizeOnly(@ForAll @IntRange(min = 64, max = 100_000) int value) {
    changesOnly("size", value, recipe -> recipe.withSize(value));
  }

  @Property(tries = 50)
  void withIterationsChangesTheIterationsOnly(@ForAll @IntRange(min = 1) int value) {
    changesOnly("iterations", value, recipe -> recipe.withIterations(value));
  }

  @Property(tries = 50)
  void withLearningRateChangesTheLearningRateOnly(
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double value) {
    changesOnly("learningRate", value, recipe -> recipe.withLearningRate(value));
  }

  @Property(tries = 50)
  void withAWeightChangesThatWeightOnly(@ForAll @DoubleRange(min = 0, max = 1e30) double value) {
    changesOnly("contentWeight", value, recipe -> recipe.withContentWeight(value));
    changesOnly("styleWeight", value, recipe -> recipe.withStyleWeight(value));
    changesOnly("tvWeight", value, recipe -> recipe.withTvWeight(value));
  }

  @Property(tries = 50)
  void withLayersChangesThoseLayersOnly(@ForAll @NotEmpty Set<Vgg19Layer> value) {
    List<Vgg19Layer> content = List.copyOf(value);
    changesOnly("contentLayers", content, recipe -> recipe.withContentLayers(content));
    Map<Vgg19Layer, Double> style = new EnumMap<>(Vgg19Layer.class);
    value.forEach(layer -> style.put(layer, 1.0 + layer.ordinal()));
    changesOnly("styleLayers", style, recipe -> recipe.withStyleLayers(style));
  }

  @Property
  void withPoolingOrScaleChangesThatOnly(@ForAll Pooling pooling, @ForAll LossScale scale) {
    changesOnly("pooling", pooling, recipe -> recipe.withPooling(pooling));
    changesOnly("scale", scale, recipe -> recipe.withScale(scale));
  }

  private static void changesOnly(String part, Object value, UnaryOperator<Recipe> change) {
    for (Recipe before : List.of(Recipe.quick(), Recipe.gatys(), Recipe.quickForRandomFeatures())) {
      Recipe after = change.apply(before);
      for (RecordComponent component : Recipe.class.getRecordComponents()) {
        Object expected = component.getName().equals(part) ? value : read(component, before);
        assertThat(read(component, after)).as(component.getName()).isEqualTo(expected);
      }
    }
  }

  private static Object read(RecordComponent component, Recipe recipe) {
    try {
      return component.getAccessor().invoke(recipe);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
