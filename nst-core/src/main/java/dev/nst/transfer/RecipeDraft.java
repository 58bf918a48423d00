package dev.nst.transfer;

import dev.nst.loss.LossScale;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import java.util.List;
import java.util.Map;

/** A recipe while one of its parts is being changed. */
final class RecipeDraft {

  String name;
  int size;
  int iterations;
  double learningRate;
  double contentWeight;
  double styleWeight;
  double tvWeight;
  List<Vgg19Layer> contentLayers;
  Map<Vgg19Layer, Double> styleLayers;
  Pooling pooling;
  LossScale scale;

  RecipeDraft(Recipe recipe) {
    name = recipe.name();
    size = recipe.size();
    iterations = recipe.iterations();
    learningRate = recipe.learningRate();
    contentWeight = recipe.contentWeight();
    styleWeight = recipe.styleWeight();
    tvWeight = recipe.tvWeight();
    contentLayers = recipe.contentLayers();
    styleLayers = recipe.styleLayers();
    pooling = recipe.pooling();
    scale = recipe.scale();
  }

  Recipe toRecipe() {
    return new Recipe(
        name,
        size,
        iterations,
        learningRate,
        contentWeight,
        styleWeight,
        tvWeight,
        contentLayers,
        styleLayers,
        pooling,
        scale);
  }
}
