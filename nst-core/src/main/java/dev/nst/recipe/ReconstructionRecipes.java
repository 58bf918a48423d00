package dev.nst.recipe;

import dev.nst.loss.LossScale;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recipes that show what layers keep of a picture, starting from noise. */
final class ReconstructionRecipes {

  private static final int ITERATIONS = 300;

  /** The deeper a layer, the more it leaves free, and the more has to be smoothed. */
  private static final double TV_OF_A_BLOCK = 0.02;

  private static final double TV_OF_TEXTURES = 0.1;

  /** Terms that weigh nothing, for what is not listened to. */
  private static final ContentTerm NO_CONTENT = new ContentTerm(0, List.of(), LossScale.RELATIVE);

  private static final StyleTerm NO_STYLE =
      new StyleTerm(0, Map.of(), StyleForm.RELATIVE, 1, false);

  private ReconstructionRecipes() {}

  static Recipe content(Vgg19Layer layer) {
    ContentTerm content = new ContentTerm(1, List.of(layer), LossScale.RELATIVE);
    return of("content-reconstruction", content, NO_STYLE, TV_OF_A_BLOCK * layer.block());
  }

  static Recipe texture(List<Vgg19Layer> layers) {
    Map<Vgg19Layer, Double> weights = new LinkedHashMap<>();
    layers.forEach(layer -> weights.put(layer, 1.0 / layers.size()));
    StyleTerm style = new StyleTerm(100, weights, StyleForm.RELATIVE, 1, false);
    return of("texture-synthesis", NO_CONTENT, style, TV_OF_TEXTURES);
  }

  /** Average pooling, as in the papers' reconstructions: maxima leave a checkered pattern. */
  private static Recipe of(String name, ContentTerm content, StyleTerm style, double tv) {
    return NamedRecipes.gatys()
        .withName(name)
        .withSize(256)
        .withStages(new Stages.Single(ITERATIONS))
        .withInit(Init.Drawn.NORMAL)
        .withOptimizer(Optimizer.Lbfgs.searching())
        .withContent(content)
        .withStyle(style)
        .withTvWeight(tv)
        .withPooling(Pooling.AVERAGE);
  }
}
