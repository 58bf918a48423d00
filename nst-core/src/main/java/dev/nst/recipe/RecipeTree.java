package dev.nst.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns a recipe into the values of its JSON; {@link RecipeReader} is the way back. */
final class RecipeTree {

  /** The key that says which of several records an object stands for. */
  static final String KIND = "kind";

  private RecipeTree() {}

  /** Returns every key of the recipe, in the order of the record. */
  static Map<String, Object> of(Recipe recipe) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", recipe.name());
    tree.put("size", (long) recipe.size().pixels());
    tree.put("edge", Names.of(recipe.size().edge()));
    tree.put("stages", tree(recipe.stages()));
    tree.put("init", Init.format(recipe.init()));
    tree.put("seed", recipe.seed());
    tree.put("optimizer", tree(recipe.optimizer()));
    tree.put("pixels", Names.of(recipe.pixels()));
    tree.put("clamp", recipe.clamp());
    tree.put("averaging", recipe.averaging());
    tree.put("content", tree(recipe.content()));
    tree.put("style", tree(recipe.style()));
    tree.put("tv", tree(recipe.tv()));
    tree.put("normalize-gradients", recipe.normalizeGradients());
    tree.put("pooling", recipe.pooling().id());
    tree.put("padding", Names.of(recipe.padding()));
    tree.put("keep-colors", Names.of(recipe.keepColors()));
    return tree;
  }

  private static Map<String, Object> tree(Stages stages) {
    if (stages instanceof Stages.Ladder ladder) {
      List<Object> iterations = new ArrayList<>();
      ladder.iterations().forEach(each -> iterations.add((long) each));
      return object(
          KIND,
          "ladder",
          "smallest",
          (long) ladder.smallest(),
          "steps-per-doubling",
          (long) ladder.steps(),
          "iterations",
          iterations);
    }
    return object(KIND, "single", "iterations", (long) ((Stages.Single) stages).iterations());
  }

  private static Map<String, Object> tree(Optimizer optimizer) {
    if (optimizer instanceof Optimizer.Adam adam) {
      return object(
          KIND,
          "adam",
          "learning-rate",
          adam.learningRate(),
          "beta1",
          adam.beta1(),
          "beta2",
          adam.beta2(),
          "epsilon",
          adam.epsilon());
    }
    Optimizer.Lbfgs lbfgs = (Optimizer.Lbfgs) optimizer;
    return object(
        KIND,
        "lbfgs",
        "learning-rate",
        lbfgs.learningRate(),
        "history",
        (long) lbfgs.history(),
        "line-search",
        Names.of(lbfgs.lineSearch()));
  }

  private static Map<String, Object> tree(ContentTerm content) {
    List<Object> layers = new ArrayList<>();
    content.layers().forEach(layer -> layers.add(layer.id()));
    return object("weight", content.weight(), "layers", layers, "scale", Names.of(content.scale()));
  }

  private static Map<String, Object> tree(StyleTerm style) {
    Map<String, Object> layers = new LinkedHashMap<>();
    style.layers().forEach((layer, weight) -> layers.put(layer.id(), weight));
    return object(
        "weight",
        style.weight(),
        "layers",
        layers,
        "form",
        Names.of(style.form()),
        "scale",
        style.scale(),
        "enlarge",
        style.enlarge());
  }

  private static Map<String, Object> tree(TvTerm tv) {
    return object("weight", tv.weight(), "form", Names.of(tv.form()));
  }

  private static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }
}
