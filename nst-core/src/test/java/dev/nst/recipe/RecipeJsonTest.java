package dev.nst.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.loss.LossScale;
import dev.nst.loss.TvForm;
import dev.nst.model.Padding;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.LbfgsParameters.LineSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeJsonTest {

  @TempDir private Path folder;

  @Property(tries = 200)
  void everyRecipeComesBackFromItsJson(@ForAll("recipes") Recipe recipe) {
    assertThat(RecipeJson.parse(RecipeJson.format(recipe), "x")).isEqualTo(recipe);
  }

  @Test
  void everyNamedRecipeComesBackFromItsFile() throws IOException {
    for (Recipe recipe : Recipe.all()) {
      Path file = Files.writeString(folder.resolve("r.json"), RecipeJson.format(recipe));
      assertThat(RecipeJson.read(file)).isEqualTo(recipe);
    }
  }

  @Provide
  Arbitrary<Recipe> recipes() {
    Arbitrary<Double> weights = Arbitraries.doubles().between(0.001, 1e6).ofScale(6);
    Arbitrary<PictureSize> sizes =
        Combinators.combine(
                Arbitraries.integers().between(32, 10_000),
                Arbitraries.of(PictureSize.Edge.values()))
            .as(PictureSize::new);
    return Combinators.combine(
            sizes, stages(), inits(), optimizers(), contents(weights), styles(weights), weights)
        .as(
            (size, stages, init, optimizer, content, style, tv) ->
                Recipe.gatys()
                    .withName("mine \"quoted\"")
                    .withStages(stages)
                    .withInit(init)
                    .withSeed(Double.doubleToLongBits(tv))
                    .withOptimizer(optimizer)
                    .withContent(content)
                    .withStyle(style)
                    .withTv(new TvTerm(tv, TvForm.values()[size.pixels() / 11 & 3]))
                    .withPixels(PixelSpace.values()[(size.pixels() / 3) % 3])
                    .withClamp(size.pixels() % 5 < 2)
                    .withNormalizedGradients(size.pixels() % 7 < 2)
                    .withAveraging(size.pixels() % 100 / 100.0)
                    .withPadding(Padding.values()[size.pixels() % 2])
                    .withPooling(Pooling.values()[size.pixels() % Pooling.values().length])
                    .withSize(size));
  }

  private static Arbitrary<Stages> stages() {
    Arbitrary<Integer> counts = Arbitraries.integers().between(1, Integer.MAX_VALUE);
    return Arbitraries.oneOf(
        counts.map(Stages.Single::new),
        Combinators.combine(
                Arbitraries.integers().between(32, 5000),
                Arbitraries.integers().between(1, 8),
                counts.list().ofMinSize(1).ofMaxSize(5))
            .as(Stages.Ladder::new));
  }

  private static Arbitrary<Init> inits() {
    return Arbitraries.oneOf(
        Arbitraries.of(Init.Drawn.values()),
        Arbitraries.strings().alpha().ofMinLength(1).map(name -> Init.of("a/" + name + ".png")));
  }

  private static Arbitrary<Optimizer> optimizers() {
    Arbitrary<Double> rates = Arbitraries.doubles().between(1e-6, 1e6).ofScale(9);
    Arbitrary<Double> decays = Arbitraries.doubles().between(0, 0.999).ofScale(6);
    return Arbitraries.oneOf(
        Combinators.combine(rates, decays, decays, rates).as(Optimizer.Adam::new),
        Combinators.combine(
                rates, Arbitraries.integers().between(1, 1000), Arbitraries.of(LineSearch.values()))
            .as(Optimizer.Lbfgs::new));
  }

  private static Arbitrary<ContentTerm> contents(Arbitrary<Double> weights) {
    return Combinators.combine(
            weights,
            Arbitraries.of(Vgg19Layer.values()).list().uniqueElements().ofMinSize(1),
            Arbitraries.of(LossScale.values()))
        .as(ContentTerm::new);
  }

  private static Arbitrary<StyleTerm> styles(Arbitrary<Double> weights) {
    return Combinators.combine(
            weights,
            Arbitraries.of(Vgg19Layer.values()).list().uniqueElements().ofMinSize(1),
            Arbitraries.of(StyleForm.values()),
            Arbitraries.doubles().between(0.01, 16),
            Arbitraries.of(true, false))
        .as(
            (weight, layers, form, scale, enlarge) -> {
              Map<Vgg19Layer, Double> weighted = new LinkedHashMap<>();
              layers.forEach(layer -> weighted.put(layer, weight / (1 + layer.ordinal())));
              return new StyleTerm(weight, weighted, form, scale, enlarge);
            });
  }

  private static Recipe parse(String json) {
    return RecipeJson.parse(json.replace('\'', '"'), "Recipe 'mine.json'");
  }

  @Test
  void missingKeysComeFromTheBase() {
    Recipe recipe =
        parse("{'base': 'gatys', 'name': 'strong', 'style': {'weight': 200, 'scale': 0.5}}");
    assertThat(recipe)
        .isEqualTo(
            Recipe.gatys()
                .withName("strong")
                .withStyle(Recipe.gatys().style().withWeight(200).withScale(0.5)));
  }

  @Test
  void layersAreGivenAsAWhole() {
    assertThat(parse("{'base': 'gatys', 'style': {'layers': {'conv3_1': 2}}}").style().layers())
        .isEqualTo(Map.of(Vgg19Layer.CONV3_1, 2.0));
  }

  @Test
  void anotherKindTakesNothingFromTheBase() {
    assertThatThrownBy(() -> parse("{'base': 'gatys', 'optimizer': {'kind': 'lbfgs'}}"))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("'optimizer.learning-rate' is missing; it takes a number");
    Recipe recipe =
        parse(
            "{'base': 'gatys', 'optimizer': {'kind': 'lbfgs', 'learning-rate': 1, 'history': 10,"
                + " 'line-search': 'none'}}");
    assertThat(recipe.optimizer()).isEqualTo(new Optimizer.Lbfgs(1, 10, LineSearch.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'base': 'gatys', 'colour': 1} | key 'colour' is unknown; possible are averaging, clamp, content,",
        "{'base': 'gatys', 'style': {'wieght': 1}} | key 'style.wieght' is unknown; possible are enlarge, form,",
        "{'base': 'gatys', 'size': 'big'} | key 'size' is 'big' where a whole number was expected",
        "{'base': 'gatys', 'size': 1e99} | key 'size' is 1.0E99 where a whole number was expected",
        "{'base': 'gatys', 'size': 5000000000} | key 'size' is 5000000000, which is more than nst can",
        "{'base': 'gatys', 'size': 31} | key 'size' is out of range: The size must be at least 32",
        "{'base': 'gatys', 'stages': 7} | key 'stages' is 7 where an object was expected",
        "{'base': 'gatys', 'stages': {'iterations': [1]}} | key 'stages.iterations' is a list where a whole",
        "{'base': 'gatys', 'stages': {'kind': 'loop'}} | key 'stages.kind' is 'loop'; choose among single, ladder",
        "{'base': 'gatys', 'pooling': 'min'} | key 'pooling' is not understood: There is no pooling 'min'; choose",
        "{'base': 'gatys', 'content': {'layers': ['conv9_9']}} | key 'content.layers' is not understood",
        "{'base': 'gatys', 'content': {'layers': [1]}} | key 'content.layers' has 1 where a name was expected",
        "{'base': 'gatys', 'style': {'form': 'odd'}} | choose among absolute, relative, mean-gram",
        "{'base': 'gatys', 'style': {'enlarge': 1}} | key 'style.enlarge' is 1 where true or false",
        "{'base': 'gatys', 'style': {'weight': -1}} | key 'style' is out of range: The style weight",
        "{'base': 'gatys', 'name': null} | key 'name' is null; give it a value",
        "{'base': 'monet'} | key 'base' is not understood: There is no recipe 'monet'; choose",
        "{'base': 3} | key 'base' should be the name of a recipe",
        "{'name': 'x'} | key 'size' is missing; it takes a whole number, or name a \"base\" recipe",
        "{'base': 'gatys', 'base': 'gatys'} | is not valid JSON (Duplicate field 'base'",
        "[] | is not a JSON object",
        "{} {} | has more text after its JSON object",
        "{'base' 'gatys'} | line 1, column",
      })
  void refusesInOneSentenceThatNamesFileKeyAndWhatIsPossible(String json, String reason) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith("Recipe 'mine.json'")
        .hasMessageContaining(reason)
        .hasMessageEndingWith(".")
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesAFileThatCannotBeRead() throws IOException {
    assertThatThrownBy(() -> RecipeJson.read(folder.resolve("no.json")))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("no.json' does not exist");
    assertThatThrownBy(() -> RecipeJson.read(folder))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("is a directory");
    Path binary = Files.write(folder.resolve("b.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> RecipeJson.read(binary))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("UTF-8");
    Path large = Files.write(folder.resolve("l.json"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> RecipeJson.read(large))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("more than 1 MiB");
  }
}
