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

  /** The base: what the others do not say is as it is here. */
  static Recipe gatys() {
    RecipeDraft recipe = new RecipeDraft();
    recipe.name = "gatys";
    recipe.size = new PictureSize(512, PictureSize.Edge.SHORT);
    recipe.stages = new Stages.Single(5000);
    recipe.init = Init.Drawn.CONTENT;
    recipe.seed = 0;
    recipe.optimizer = Optimizer.Adam.of(0.004);
    recipe.pixels = PixelSpace.NORMALIZED;
    recipe.clamp = false;
    recipe.averaging = 0;
    recipe.content = new ContentTerm(8, List.of(Vgg19Layer.CONV5_2), LossScale.ABSOLUTE);
    recipe.style =
        new StyleTerm(70, firstOfBlocks(0.75, 0.5, 0.2, 0.2, 0.2), StyleForm.ABSOLUTE, 1, true);
    recipe.tv = new TvTerm(10, TvForm.MEAN_ABSOLUTE);
    recipe.normalizeGradients = false;
    recipe.pooling = Pooling.MAX;
    recipe.padding = Padding.ZERO;
    recipe.keepColors = KeepColors.NONE;
    return recipe.toRecipe();
  }

  static Recipe quick() {
    return gatys()
        .withName("quick")
        .withSize(384)
        .withStages(new Stages.Single(200))
        .withLearningRate(0.03)
        .withContent(new ContentTerm(1, List.of(Vgg19Layer.CONV5_2), LossScale.RELATIVE))
        .withStyle(
            new StyleTerm(100, firstOfBlocks(0.2, 0.2, 0.2, 0.2, 0.2), StyleForm.RELATIVE, 1, true))
        .withTvWeight(2);
  }

  /**
   * The losses of gatys, from the coarse to the fine, by an optimiser that copes with what makes
   * them slow for Adam: at their first layer they are thousands of times steeper than at the
   * others. That proportion is kept, as it makes for colours and strokes that go together; but it
   * stands in the layers' weights, so that a painting of soft contrasts pulls as hard as a glaring
   * one, in any size. A photograph is followed at a shallower layer than in gatys, which keeps
   * faces.
   */
  static Recipe multiscale() {
    return gatys()
        .withName("multiscale")
        .withStages(new Stages.Ladder(128, 1, List.of(150, 100, 50)))
        .withOptimizer(Optimizer.Lbfgs.searching())
        .withContent(new ContentTerm(1, List.of(Vgg19Layer.CONV4_2), LossScale.RELATIVE))
        .withStyle(
            new StyleTerm(50, firstOfBlocks(300, 3, 0.2, 0.02, 0.02), StyleForm.RELATIVE, 1, true))
        .withTvWeight(0.05);
  }

  static Recipe neuralStylePt() {
    return gatys()
        .withName("neural-style-pt")
        .withSize(new PictureSize(512, PictureSize.Edge.LONG))
        .withStages(new Stages.Single(1000))
        .withInit(Init.Drawn.RANDOM)
        .withOptimizer(new Optimizer.Lbfgs(1, 100, LineSearch.NONE))
        .withPixels(PixelSpace.CAFFE)
        .withContent(new ContentTerm(5, List.of(Vgg19Layer.CONV4_2), LossScale.ABSOLUTE))
        .withStyle(new StyleTerm(100, firstOfBlocks(1, 1, 1, 1, 1), StyleForm.MEAN_GRAM, 1, true))
        .withTv(new TvTerm(1e-3, TvForm.SUM_ABSOLUTE));
  }

  static Recipe crowsonkb() {
    return gatys()
        .withName("crowsonkb")
        .withSize(new PictureSize(512, PictureSize.Edge.LONG))
        .withStages(new Stages.Ladder(128, 2, List.of(1000, 500)))
        .withOptimizer(new Optimizer.Adam(0.02, 0.9, 0.99, 1e-8))
        .withPixels(PixelSpace.RGB)
        .withClamp(true)
        .withAveraging(0.99)
        .withContent(new ContentTerm(0.015, List.of(Vgg19Layer.CONV4_2), LossScale.ABSOLUTE))
        .withStyle(
            new StyleTerm(
                1,
                firstOfBlocks(256 / 341.0, 64 / 341.0, 16 / 341.0, 4 / 341.0, 1 / 341.0),
                StyleForm.WASSERSTEIN,
                1,
                false))
        .withTv(new TvTerm(2, TvForm.NINE_POINT))
        .withPadding(Padding.REPLICATE);
  }

  /**
   * The losses of neural-style-pt are weighted for a network that takes pixels from 0 to 255.
   * Torchvision's takes numbers some 58 times smaller. A network of convolutions and ReLU is, but
   * for its biases, homogeneous, so its features are smaller by as much, their squared errors by
   * the square of that, and those of their Gram matrices by its fourth power. The total variation
   * is of the picture, and stays.
   */
  static Recipe forTorchvision(Recipe recipe) {
    Recipe original = neuralStylePt();
    if (!recipe.pixels().equals(original.pixels())
        || !recipe.content().equals(original.content())
        || !recipe.style().equals(original.style())
        || !recipe.tv().equals(original.tv())) {
      return recipe;
    }
    double ratio = PixelSpace.CAFFE.contrastOver(PixelSpace.NORMALIZED);
    return recipe
        .withContentWeight(recipe.content().weight() * Math.pow(ratio, 2))
        .withStyleWeight(recipe.style().weight() * Math.pow(ratio, 4));
  }

  static Recipe forRandomFeatures(Recipe recipe) {
    if (recipe.equals(quick())) {
      return balancedForRandomFeatures(quick());
    }
    if (recipe.equals(multiscale())) {
      return balancedForRandomFeatures(quick())
          .withName("multiscale")
          .withSize(multiscale().size())
          .withStages(new Stages.Ladder(128, 1, List.of(200, 120, 60)));
    }
    return recipe;
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
