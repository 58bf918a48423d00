package dev.nst.cli;

import dev.nst.recipe.Recipe;
import picocli.CommandLine.Option;

/** What a user may want to be different from any recipe. */
final class CommonRecipeOptions {

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = Values.Size.class,
      description = {
        "Size of the result in pixels, at least 32: its shorter or longer edge, as the recipe",
        "measures (default: the recipe's)."
      })
  private Integer size;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Optimisation steps, all stages together (default: the recipe's).")
  private Integer iterations;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Values.Seed.class,
      description = {
        "Seed of a random start and of the built-in random features (default: the recipe's, 0)."
      })
  private Long seed;

  /** Returns a recipe with what was asked for. */
  Recipe applyTo(Recipe recipe) {
    Recipe result = recipe;
    result = size == null ? result : result.withSize(size);
    result = iterations == null ? result : result.withIterations(iterations);
    return seed == null ? result : result.withSeed(seed);
  }
}
