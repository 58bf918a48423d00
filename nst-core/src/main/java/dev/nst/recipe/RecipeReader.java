package dev.nst.recipe;

import dev.nst.loss.LossScale;
import dev.nst.loss.TvForm;
import dev.nst.model.Padding;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.LbfgsParameters.LineSearch;
import java.util.List;
import java.util.Map;

/** Makes a recipe of the values of its JSON; {@link RecipeTree} is the way back. */
final class RecipeReader {

  private RecipeReader() {}

  /** Returns the recipe that has these keys and no others. */
  static Recipe recipe(JsonFields fields) {
    RecipeDraft recipe = new RecipeDraft();
    recipe.name = fields.text("name");
    int length = fields.count("size");
    PictureSize.Edge edge = named(fields, "edge", PictureSize.Edge.class);
    recipe.size = fields.checked("size", () -> new PictureSize(length, edge));
    recipe.stages = stages(fields, fields.object("stages"));
    recipe.init = fields.choice("init", "start or a picture file", Init::of);
    recipe.seed = fields.wholeNumber("seed");
    recipe.optimizer = optimizer(fields, fields.object("optimizer"));
    recipe.content = content(fields, fields.object("content"));
    recipe.style = style(fields, fields.object("style"));
    recipe.tv = tv(fields, fields.object("tv"));
    recipe.pixels = named(fields, "pixels", PixelSpace.class);
    recipe.clamp = fields.flag("clamp");
    recipe.averaging = fields.number("averaging");
    recipe.normalizeGradients = fields.flag("normalize-gradients");
    recipe.pooling = fields.choice("pooling", "pooling", Pooling::of);
    recipe.padding = named(fields, "padding", Padding.class);
    recipe.keepColors = named(fields, "keep-colors", KeepColors.class);
    fields.end();
    return fields.whole(recipe::toRecipe);
  }

  /** Returns the value of a set that is named as its key is. */
  private static <E extends Enum<E>> E named(JsonFields fields, String key, Class<E> set) {
    String what = key.replace('-', ' ');
    return fields.choice(key, what, name -> Names.parse(what, set, name));
  }

  private static TvTerm tv(JsonFields recipe, JsonFields fields) {
    double weight = fields.number("weight");
    TvForm form = named(fields, "form", TvForm.class);
    fields.end();
    return recipe.checked("tv", () -> new TvTerm(weight, form));
  }

  private static Stages stages(JsonFields recipe, JsonFields fields) {
    String kind = fields.text(RecipeTree.KIND);
    Stages stages;
    switch (kind) {
      case "single" -> {
        int iterations = fields.count("iterations");
        stages = recipe.checked("stages", () -> new Stages.Single(iterations));
      }
      case "ladder" -> {
        int smallest = fields.count("smallest");
        int steps = fields.count("steps-per-doubling");
        List<Integer> iterations = fields.counts("iterations");
        stages = recipe.checked("stages", () -> new Stages.Ladder(smallest, steps, iterations));
      }
      default ->
          throw fields.refuse(RecipeTree.KIND, "is '" + kind + "'; choose among single, ladder.");
    }
    fields.end();
    return stages;
  }

  private static Optimizer optimizer(JsonFields recipe, JsonFields fields) {
    String kind = fields.text(RecipeTree.KIND);
    double rate = fields.number("learning-rate");
    Optimizer optimizer;
    switch (kind) {
      case "adam" -> {
        double beta1 = fields.number("beta1");
        double beta2 = fields.number("beta2");
        double epsilon = fields.number("epsilon");
        optimizer =
            recipe.checked("optimizer", () -> new Optimizer.Adam(rate, beta1, beta2, epsilon));
      }
      case "lbfgs" -> {
        int history = fields.count("history");
        LineSearch search = named(fields, "line-search", LineSearch.class);
        optimizer = recipe.checked("optimizer", () -> new Optimizer.Lbfgs(rate, history, search));
      }
      default ->
          throw fields.refuse(RecipeTree.KIND, "is '" + kind + "'; choose among adam, lbfgs.");
    }
    fields.end();
    return optimizer;
  }

  private static ContentTerm content(JsonFields recipe, JsonFields fields) {
    double weight = fields.number("weight");
    List<Vgg19Layer> layers = fields.choices("layers", "layers", Vgg19Layer::of);
    LossScale scale = named(fields, "scale", LossScale.class);
    fields.end();
    return recipe.checked("content", () -> new ContentTerm(weight, layers, scale));
  }

  private static StyleTerm style(JsonFields recipe, JsonFields fields) {
    double weight = fields.number("weight");
    Map<Vgg19Layer, Double> layers = fields.numbers("layers", Vgg19Layer::of);
    StyleForm form = named(fields, "form", StyleForm.class);
    double scale = fields.number("scale");
    boolean enlarge = fields.flag("enlarge");
    fields.end();
    return recipe.checked("style", () -> new StyleTerm(weight, layers, form, scale, enlarge));
  }
}
