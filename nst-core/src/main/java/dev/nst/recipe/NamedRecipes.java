package dev.nst.recipe;

import dev.nst.loss.LossScale;
import dev.nst.loss.TvForm;
import dev.nst.model.Padding;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.LbfgsParameters.LineSearch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recipes that have a name. */
final class NamedRecipes {

  private NamedRecipes() {}

  static List<Recipe> all() {
    return List.of(multiscale(), gatys(), quick(), neuralStylePt(), crowsonkb());
  }

  static Recipe gatys() {
    return new Recipe(
        "gatys",
        new PictureSize(512, PictureSize.Edge.SHORT),
        new Stages.Single(5000),
        Init.Drawn.CONTENT,
        0,
        Optimizer.Adam.of(0.004),
        PixelSpace.NORMALIZED,
        false,
        0,
        new ContentTerm(8, List.of(Vgg19Layer.CONV5_2), LossScale.ABSOLUTE),
        new StyleTerm(70, firstOfBlocks(0.75, 0.5, 0.2, 0.2, 0.2), StyleForm.ABSOLUTE, 1, true),
        new TvTerm(10, TvForm.MEAN_ABSOLUTE),
        false,
        Pooling.MAX,
        Padding.ZERO,
        KeepColors.NONE);
  }

  static Recipe quick() {
    return new Recipe(
        "quick",
        new PictureSize(384, PictureSize.Edge.SHORT),
        new Stages.Single(200),
        Init.Drawn.CONTENT,
        0,
        Optimizer.Adam.of(0.03),
        PixelSpace.NORMALIZED,
        false,
        0,
        new ContentTerm(1, List.of(Vgg19Layer.CONV5_2), LossScale.RELATIVE),
        new StyleTerm(100, firstOfBlocks(0.2, 0.2, 0.2, 0.2, 0.2), StyleForm.RELATIVE, 1, true),
        new TvTerm(2, TvForm.MEAN_ABSOLUTE),
        false,
        Pooling.MAX,
        Padding.ZERO,
        KeepColors.NONE);
  }

  static Recipe multiscale() {
    return quick()
        .withName("multiscale")
        .withSize(512)
        .withStages(new Stages.Ladder(128, 1, List.of(200, 120, 60)))
        // At the small sizes a painting's strokes are as large as a house: the photograph has to
        // pull
        // harder to be seen through them.
        .withContentWeight(8)
        .withStyle(
            new StyleTerm(
                100, firstOfBlocks(0.2, 0.2, 0.2, 0.2, 0.2), StyleForm.RELATIVE, 1, false));
  }

  static Recipe neuralStylePt() {
    return new Recipe(
        "neural-style-pt",
        new PictureSize(512, PictureSize.Edge.LONG),
        new Stages.Single(1000),
        Init.Drawn.RANDOM,
        0,
        new Optimizer.Lbfgs(1, 100, LineSearch.NONE),
        PixelSpace.CAFFE,
        false,
        0,
        new ContentTerm(5, List.of(Vgg19Layer.CONV4_2), LossScale.ABSOLUTE),
        new StyleTerm(100, firstOfBlocks(1, 1, 1, 1, 1), StyleForm.MEAN_GRAM, 1, true),
        new TvTerm(1e-3, TvForm.SUM_ABSOLUTE),
        false,
        Pooling.MAX,
        Padding.ZERO,
        KeepColors.NONE);
  }

  static Recipe crowsonkb() {
    return new Recipe(
        "crowsonkb",
        new PictureSize(512, PictureSize.Edge.LONG),
        new Stages.Ladder(128, 2, List.of(1000, 500)),
        Init.Drawn.CONTENT,
        0,
        new Optimizer.Adam(0.02, 0.9, 0.99, 1e-8),
        PixelSpace.RGB,
        true,
        0.99,
        new ContentTerm(0.015, List.of(Vgg19Layer.CONV4_2), LossScale.ABSOLUTE),
        new StyleTerm(
            1,
            firstOfBlocks(256 / 341.0, 64 / 341.0, 16 / 341.0, 4 / 341.0, 1 / 341.0),
            StyleForm.WASSERSTEIN,
            1,
            false),
        new TvTerm(2, TvForm.NINE_POINT),
        false,
        Pooling.MAX,
        Padding.REPLICATE,
        KeepColors.NONE);
  }

  static Recipe forRandomFeatures(Recipe recipe) {
    boolean balanced = recipe.equals(quick()) || recipe.equals(multiscale());
    return balanced ? balancedForRandomFeatures(recipe) : recipe;
  }

  /**
   * Deep random layers answer to noise as they do to shapes, so style is taken from the shallower
   * ones, pooling averages instead of picking the noisiest position, and the total variation weighs
   * more.
   */
  private static Recipe balancedForRandomFeatures(Recipe recipe) {
    Map<Vgg19Layer, Double> style = new LinkedHashMap<>();
    style.put(Vgg19Layer.CONV1_1, 0.2);
    style.put(Vgg19Layer.CONV1_2, 0.2);
    style.put(Vgg19Layer.CONV2_1, 0.4);
    style.put(Vgg19Layer.CONV2_2, 0.2);
    style.put(Vgg19Layer.CONV3_1, 0.6);
    style.put(Vgg19Layer.CONV4_1, 0.3);
    return recipe
        .withContentWeight(0.3)
        .withTvWeight(4)
        .withContentLayers(List.of(Vgg19Layer.CONV4_2))
        .withStyleLayers(style)
        .withPooling(Pooling.AVERAGE);
  }

  private static Map<Vgg19Layer, Double> firstOfBlocks(double... weights) {
    Map<Vgg19Layer, Double> layers = new LinkedHashMap<>();
    for (int block = 1; block <= weights.length; block++) {
      layers.put(Vgg19Layer.of("conv" + block + "_1"), weights[block - 1]);
    }
    return layers;
  }
}
