package dev.nst.recipe;

import dev.nst.model.Padding;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;

/** A recipe while it is being put together, or one of its parts changed. */
final class RecipeDraft {

  String name;
  PictureSize size;
  Stages stages;
  Init init;
  long seed;
  Optimizer optimizer;
  ContentTerm content;
  StyleTerm style;
  TvTerm tv;
  boolean normalizeGradients;
  PixelSpace pixels;
  boolean clamp;
  double averaging;
  Pooling pooling;
  Padding padding;
  KeepColors keepColors;

  /** Begins with nothing; {@link #toRecipe} wants all of it. */
  RecipeDraft() {}

  RecipeDraft(Recipe recipe) {
    name = recipe.name();
    size = recipe.size();
    stages = recipe.stages();
    init = recipe.init();
    seed = recipe.seed();
    optimizer = recipe.optimizer();
    content = recipe.content();
    style = recipe.style();
    tv = recipe.tv();
    normalizeGradients = recipe.normalizeGradients();
    pixels = recipe.pixels();
    clamp = recipe.clamp();
    averaging = recipe.averaging();
    pooling = recipe.pooling();
    padding = recipe.padding();
    keepColors = recipe.keepColors();
  }

  Recipe toRecipe() {
    return new Recipe(
        name,
        size,
        stages,
        init,
        seed,
        optimizer,
        pixels,
        clamp,
        averaging,
        content,
        style,
        tv,
        normalizeGradients,
        pooling,
        padding,
        keepColors);
  }
}
