package dev.nst.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.loss.LossScale;
import dev.nst.loss.TvForm;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
    assertThat(gatys.size()).isEqualTo(new PictureSize(512, PictureSize.Edge.SHORT));
    assertThat(gatys.iterations()).isEqualTo(5000);
    assertThat(gatys.optimizer()).isEqualTo(new Optimizer.Adam(0.004, 0.9, 0.999, 1e-8));
    assertThat(gatys.init()).isEqualTo(Init.Drawn.CONTENT);
    assertThat(gatys.content().weight()).isEqualTo(8);
    assertThat(gatys.style().weight()).isEqualTo(70);
    assertThat(gatys.tv()).isEqualTo(new TvTerm(10, TvForm.MEAN_ABSOLUTE));
    assertThat(gatys.content().layers()).containsExactly(Vgg19Layer.CONV5_2);
    assertThat(gatys.style().layers())
        .isEqualTo(
            Map.of(
                Vgg19Layer.CONV1_1, 0.75,
                Vgg19Layer.CONV2_1, 0.5,
                Vgg19Layer.CONV3_1, 0.2,
                Vgg19Layer.CONV4_1, 0.2,
                Vgg19Layer.CONV5_1, 0.2));
    assertThat(gatys.pooling()).isEqualTo(Pooling.MAX);
    assertThat(gatys.content().scale()).isEqualTo(LossScale.ABSOLUTE);
    assertThat(gatys.style().form()).isEqualTo(StyleForm.ABSOLUTE);
  }

  @Test
  void quickIsTheRecipeOfTheArchitecture() {
    assertThat(QUICK.size()).isEqualTo(new PictureSize(384, PictureSize.Edge.SHORT));
    assertThat(QUICK.iterations()).isEqualTo(200);
    assertThat(QUICK.optimizer().learningRate()).isEqualTo(0.03);
    assertThat(QUICK.content().weight()).isEqualTo(1);
    assertThat(QUICK.style().weight()).isEqualTo(100);
    assertThat(QUICK.tv()).isEqualTo(new TvTerm(2, TvForm.MEAN_ABSOLUTE));
    assertThat(QUICK.content().layers()).containsExactly(Vgg19Layer.CONV5_2);
    assertThat(QUICK.style().layers().keySet()).isEqualTo(Recipe.gatys().style().layers().keySet());
    assertThat(QUICK.style().layers().values()).containsOnly(0.2);
    assertThat(QUICK.content().scale()).isEqualTo(LossScale.RELATIVE);
    assertThat(QUICK.style().form()).isEqualTo(StyleForm.RELATIVE);
  }

  @Test
  void multiscaleIsTheRecipeOfTheArchitecture() {
    Recipe recipe = Recipe.multiscale();
    assertThat(recipe.stages()).isEqualTo(new Stages.Ladder(128, 1, List.of(150, 100, 50)));
    assertThat(recipe.optimizer()).isEqualTo(Optimizer.Lbfgs.searching());
    assertThat(recipe.content())
        .isEqualTo(new ContentTerm(1, List.of(Vgg19Layer.CONV4_2), LossScale.RELATIVE));
    assertThat(recipe.style().weight()).isEqualTo(50);
    assertThat(recipe.style().form()).isEqualTo(StyleForm.RELATIVE);
    assertThat(recipe.style().layers().values()).containsExactly(300.0, 3.0, 0.2, 0.02, 0.02);
    assertThat(recipe.tv()).isEqualTo(new TvTerm(0.05, TvForm.MEAN_ABSOLUTE));
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
    assertThat(QUICK.withSize(Vgg19.SMALLEST_EDGE).size().pixels()).isEqualTo(Vgg19.SMALLEST_EDGE);
  }

  @Test
  void refusesAWeightWithoutLayers() {
    refused("at least one layer", () -> QUICK.withContentLayers(List.of()));
    refused("at least one layer", () -> QUICK.withStyleLayers(Map.of()));
  }

  @Test
  void acceptsNoLayersWhereTheWeightIsZero() {
    assertThat(QUICK.withContentWeight(0).withContentLayers(List.of()).content().layers())
        .isEmpty();
    assertThat(QUICK.withStyleWeight(0).withStyleLayers(Map.of()).style().layers()).isEmpty();
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
    assertThat(recipe.content().layers()).containsExactly(Vgg19Layer.CONV4_2);
    assertThat(recipe.style().layers()).containsExactly(Map.entry(Vgg19Layer.CONV1_1, 1.0));
    assertThatThrownBy(() -> recipe.style().layers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Property(tries = 50)
  void withSizeChangesTheSizeOnly(@ForAll @IntRange(min = 64, max = 100_000) int value) {
    changesOnly("size", recipe -> recipe.withSize(value), after -> after.size().pixels(), value);
  }

  @Property(tries = 50)
  void withIterationsChangesTheIterationsOnly(@ForAll @IntRange(min = 1) int value) {
    changesOnly("stages", recipe -> recipe.withIterations(value), Recipe::iterations, value);
  }

  @Property(tries = 50)
  void withLearningRateChangesTheLearningRateOnly(
      @ForAll @DoubleRange(min = 0.01, max = 1e6) double value) {
    changesOnly(
        "optimizer",
        recipe -> recipe.withLearningRate(value),
        after -> after.optimizer().learningRate(),
        value);
  }

  @Property(tries = 50)
  void withAWeightChangesThatWeightOnly(@ForAll @DoubleRange(min = 0, max = 1e30) double value) {
    changesOnly(
        "content", r -> r.withContentWeight(value), after -> after.content().weight(), value);
    changesOnly("style", r -> r.withStyleWeight(value), after -> after.style().weight(), value);
    changesOnly("tv", r -> r.withTvWeight(value), after -> after.tv().weight(), value);
  }

  @Property(tries = 50)
  void withLayersChangesThoseLayersOnly(@ForAll @NotEmpty Set<Vgg19Layer> value) {
    List<Vgg19Layer> content = List.copyOf(value);
    changesOnly(
        "content", r -> r.withContentLayers(content), after -> after.content().layers(), content);
    Map<Vgg19Layer, Double> style = new EnumMap<>(Vgg19Layer.class);
    value.forEach(layer -> style.put(layer, 1.0 + layer.ordinal()));
    changesOnly("style", r -> r.withStyleLayers(style), after -> after.style().layers(), style);
  }

  @Property
  void withPoolingChangesThePoolingOnly(@ForAll Pooling pooling) {
    changesOnly("pooling", r -> r.withPooling(pooling), Recipe::pooling, pooling);
  }

  private static <T> void changesOnly(
      String part, UnaryOperator<Recipe> change, Function<Recipe, T> value, T expected) {
    List<Recipe> recipes = new ArrayList<>(Recipe.all());
    recipes.add(Recipe.quick().forms().random());
    for (Recipe before : recipes) {
      Recipe after = change.apply(before);
      assertThat(value.apply(after)).isEqualTo(expected);
      for (RecordComponent component : Recipe.class.getRecordComponents()) {
        if (!component.getName().equals(part)) {
          assertThat(read(component, after))
              .as(component.getName())
              .isEqualTo(read(component, before));
        }
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

  @Test
  void aLadderHasTheSizesOfItsDefinition() {
    Stages ladder = new Stages.Ladder(128, 2, List.of(1000, 500));
    assertThat(ladder.upTo(512))
        .containsExactly(
            new Stage(128, 1000),
            new Stage(181, 500),
            new Stage(256, 500),
            new Stage(362, 500),
            new Stage(512, 500));
    assertThat(ladder.upTo(100)).containsExactly(new Stage(100, 1000));
  }

  @Property(tries = 100)
  void aLadderSharesAnyNumberOfIterationsAmongItsStages(
      @ForAll @IntRange(min = 1, max = 100_000) int iterations,
      @ForAll @IntRange(min = 32, max = 5000) int pixels,
      @ForAll @IntRange(min = 1, max = 8) int steps) {
    Stages ladder = new Stages.Ladder(64, steps, List.of(300, 100, 50));
    List<Stage> stages = ladder.withIterations(iterations, pixels).upTo(pixels);
    assertThat(stages).allMatch(stage -> stage.iterations() > 0);
    assertThat(stages.stream().mapToInt(Stage::iterations).sum()).isEqualTo(iterations);
    assertThat(stages.get(stages.size() - 1).pixels()).isEqualTo(pixels);
    for (int i = 1; i < stages.size(); i++) {
      assertThat(stages.get(i).pixels()).isGreaterThan(stages.get(i - 1).pixels());
    }
  }

  @Test
  void aPaintingIsFittedByScaleAndEnlargedOnlyWhereTheRecipeSaysSo() {
    Dimensions painting = new Dimensions(200, 100);
    Recipe gatys = Recipe.gatys().withSize(256);
    assertThat(gatys.fitStyle(painting)).isEqualTo(new Dimensions(512, 256));
    Recipe half = gatys.withStyle(gatys.style().withScale(0.5));
    assertThat(half.fitStyle(painting)).isEqualTo(new Dimensions(256, 128));
    assertThat(Recipe.crowsonkb().fitStyle(painting)).isEqualTo(painting);
    assertThat(Recipe.crowsonkb().withSize(151).fitStyle(painting))
        .isEqualTo(new Dimensions(151, 76));
  }

  @Test
  void aPaintingThatBecomesTooSmallIsRefusedInOneSentence() {
    Recipe recipe = Recipe.gatys().withSize(64);
    Recipe tiny = recipe.withStyle(recipe.style().withScale(0.25));
    refused(
        "A painting of 200x100 pixels becomes 32x16 at style scale 0.25 of a picture of 64 pixels",
        () -> tiny.fitStyle(new Dimensions(200, 100)));
  }
}
