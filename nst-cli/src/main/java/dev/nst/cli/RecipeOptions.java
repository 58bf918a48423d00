package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.RecipeValues.LayerList;
import dev.nst.cli.RecipeValues.LayerWeights;
import dev.nst.cli.RecipeValues.OptimizerKind;
import dev.nst.cli.shell.UsageException;
import dev.nst.model.Pooling;
import dev.nst.recipe.Init;
import dev.nst.recipe.KeepColors;
import dev.nst.recipe.Optimizer;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeForms;
import dev.nst.recipe.StyleForm;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A recipe by name, and what the user wants to be different from it. */
final class RecipeOptions {

  @Option(
      names = "--recipe",
      paramLabel = "NAME|FILE",
      defaultValue = "multiscale",
      converter = RecipeValues.RecipeName.class,
      description = {
        "How to paint: multiscale, gatys, quick, neural-style-pt, crowsonkb or a JSON file; nst",
        "recipes tells about them (default: ${DEFAULT-VALUE})."
      })
  private Recipe recipe;

  @Mixin private CommonRecipeOptions common;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      converter = Values.Positive.class,
      description = "Step length of the optimiser (default: the recipe's).")
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
      converter = RecipeValues.Layers.class,
      description = "Layers of VGG-19 that follow the photograph, conv1_1 to conv5_4.")
  private LayerList contentLayers;

  @Option(
      names = "--style-layers",
      paramLabel = "A=W,B=W",
      converter = RecipeValues.WeightedLayers.class,
      description = "Layers that follow the painting, each with its weight.")
  private LayerWeights styleLayers;

  @Option(
      names = "--style-scale",
      paramLabel = "X",
      converter = Values.Positive.class,
      description = {
        "Size of the painting relative to the photograph's: smaller for finer strokes (default:",
        "the recipe's)."
      })
  private Double styleScale;

  @Option(
      names = "--style-form",
      paramLabel = "FORM",
      converter = RecipeValues.StyleFormName.class,
      description = {
        "How style is compared: absolute, relative, mean-gram or wasserstein (default: the",
        "recipe's)."
      })
  private StyleForm styleForm;

  @Option(
      names = "--normalize-gradients",
      description = "Let each layer pull with its weight alone, whatever its error.")
  private boolean normalizeGradients;

  @Option(
      names = "--optimizer",
      paramLabel = "adam|lbfgs",
      converter = RecipeValues.OptimizerName.class,
      description = "What moves the picture (default: the recipe's).")
  private OptimizerKind optimizer;

  @Option(
      names = "--init",
      paramLabel = "START",
      converter = RecipeValues.InitName.class,
      description = {
        "What the picture is at first: content, style, random, gray, uniform, normal, style-stats",
        "or a picture file (default: the recipe's)."
      })
  private Init init;

  @Option(
      names = "--pooling",
      paramLabel = "max|avg|l2",
      converter = RecipeValues.PoolingName.class,
      description = "How the network halves its maps (default: the recipe's).")
  private Pooling pooling;

  @Option(
      names = "--keep-colors",
      paramLabel = "WHAT",
      converter = RecipeValues.KeepColorsName.class,
      description = {
        "What of the photograph's colours stays. luminance: only brightness is painted; match: the",
        "painting gets their mean and covariance before; histogram: the painting gets their",
        "histograms before; none (default: the recipe's)."
      })
  private KeepColors keepColors;

  /**
   * Returns the recipe asked for; what an option says holds in all its forms.
   *
   * @throws UsageException if the options do not go together
   */
  RecipeForms toForms() {
    return recipe.forms().map(this::apply);
  }

  private Recipe apply(Recipe base) {
    try {
      Recipe result = common.applyTo(base);
      result = optimizer == null ? result : result.withOptimizer(optimizer(result));
      result = learningRate == null ? result : result.withLearningRate(learningRate);
      result = contentWeight == null ? result : result.withContentWeight(contentWeight);
      result = styleWeight == null ? result : result.withStyleWeight(styleWeight);
      result = tvWeight == null ? result : result.withTvWeight(tvWeight);
      result = contentLayers == null ? result : result.withContentLayers(contentLayers.layers());
      result = styleLayers == null ? result : result.withStyleLayers(styleLayers.weights());
      result = styleScale == null ? result : result.withStyle(result.style().withScale(styleScale));
      result = styleForm == null ? result : result.withStyle(result.style().withForm(styleForm));
      result = normalizeGradients ? result.withNormalizedGradients(true) : result;
      result = init == null ? result : result.withInit(init);
      result = pooling == null ? result : result.withPooling(pooling);
      return keepColors == null ? result : result.withKeepColors(keepColors);
    } catch (NstException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Returns the recipe's own optimiser if it is of the kind asked for, or else a good one. */
  private Optimizer optimizer(Recipe base) {
    if (optimizer == OptimizerKind.LBFGS) {
      return base.optimizer() instanceof Optimizer.Lbfgs own ? own : Optimizer.Lbfgs.searching();
    }
    return base.optimizer() instanceof Optimizer.Adam own
        ? own
        : Optimizer.Adam.suiting(base.pixels());
  }
}
