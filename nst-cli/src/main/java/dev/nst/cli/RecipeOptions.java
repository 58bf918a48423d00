package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.Values.LayerList;
import dev.nst.cli.Values.LayerWeights;
import dev.nst.cli.shell.UsageException;
import dev.nst.model.Pooling;
import dev.nst.transfer.Recipe;
import picocli.CommandLine.Option;

/** A recipe by name, and what the user wants to be different from it. */
final class RecipeOptions {

  @Option(
      names = "--recipe",
      paramLabel = "quick|gatys",
      defaultValue = "quick",
      converter = Values.RecipeName.class,
      description = {
        "How to paint. quick: a good picture within minutes on a laptop.",
        "gatys: the classic, at size 512 with 5000 small steps (default: ${DEFAULT-VALUE})."
      })
  private Recipe recipe;

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = Values.Size.class,
      description = "Shorter edge of the result in pixels, at least 32 (default: the recipe's).")
  private Integer size;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Optimisation steps (default: the recipe's).")
  private Integer iterations;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      converter = Values.Positive.class,
      description = "Step length of the optimiser, Adam (default: the recipe's).")
  private Double learningRate;

  @Option(
      names = "--content-weight",
      paramLabel = "X",
      converter = Values.Weight.class,
      description = "Pull towards the photograph (default: the recipe's).")
  private Double contentWeight;

  @Option(
      names = "--style-weight",
      paramLabel = "X",
      converter = Values.Weight.class,
      description = "Pull towards the painting (default: the recipe's).")
  private Double styleWeight;

  @Option(
      names = "--tv-weight",
      paramLabel = "X",
      converter = Values.Weight.class,
      description = "Smoothness: weight of the total variation (default: the recipe's).")
  private Double tvWeight;

  @Option(
      names = "--content-layers",
      paramLabel = "A,B",
      converter = Values.Layers.class,
      description = "Layers of VGG-19 that follow the photograph, conv1_1 to conv5_4.")
  private LayerList contentLayers;

  @Option(
      names = "--style-layers",
      paramLabel = "A=W,B=W",
      converter = Values.WeightedLayers.class,
      description = "Layers that follow the painting, each with its weight.")
  private LayerWeights styleLayers;

  @Option(
      names = "--pooling",
      paramLabel = "max|avg|l2",
      converter = Values.PoolingName.class,
      description = "How the network halves its maps (default: the recipe's).")
  private Pooling pooling;

  /**
   * Returns the recipe asked for, as it is with trained weights.
   *
   * @throws UsageException if the options do not go together
   */
  Recipe toRecipe() {
    return apply(recipe);
  }

  /**
   * Returns the recipe asked for, as it is with random features: quick has a form of its own for
   * them.
   *
   * @throws UsageException if the options do not go together
   */
  Recipe toBuiltinRecipe() {
    return apply(recipe.equals(Recipe.quick()) ? Recipe.quickForRandomFeatures() : recipe);
  }

  private Recipe apply(Recipe base) {
    try {
      Recipe result = base;
      result = size == null ? result : result.withSize(size);
      result = iterations == null ? result : result.withIterations(iterations);
      result = learningRate == null ? result : result.withLearningRate(learningRate);
      result = contentWeight == null ? result : result.withContentWeight(contentWeight);
      result = styleWeight == null ? result : result.withStyleWeight(styleWeight);
      result = tvWeight == null ? result : result.withTvWeight(tvWeight);
      result = contentLayers == null ? result : result.withContentLayers(contentLayers.layers());
      result = styleLayers == null ? result : result.withStyleLayers(styleLayers.weights());
      return pooling == null ? result : result.withPooling(pooling);
    } catch (NstException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
