package dev.nst.recipe;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.model.Padding;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Everything that decides what picture comes out, but the pictures and the network.
 *
 * @param name what users call it
 * @param size how large the picture becomes; resizing is the caller's ({@code Images.read(path,
 *     recipe::fitContent)})
 * @param stages the sizes on the way there, and the steps at each
 * @param init what the picture is before the first step
 * @param seed of whatever is drawn by lot
 * @param optimizer how the picture is moved
 * @param pixels the numbers that the optimiser sees; steps and total variation are in its units
 * @param clamp whether every step of Adam ends between black and white; L-BFGS, whose picture of
 *     the curvature that would spoil, is left alone
 * @param averaging decay of the moving average of the iterates that the picture is taken from, at
 *     least 0 and below 1; 0 takes the last one
 * @param content the pull towards the photograph
 * @param style the pull towards the paintings
 * @param tv smoothness
 * @param normalizeGradients whether each layer pulls with its weight alone, its gradient being
 *     divided by its L1 norm (Johnson's {@code -normalize_gradients}); losses stay as they are
 * @param pooling how the network halves its maps
 * @param padding what the first convolution sees beyond the picture's edge
 * @param keepColors what of the photograph's colours stays
 */
public record Recipe(
    String name,
    PictureSize size,
    Stages stages,
    Init init,
    long seed,
    Optimizer optimizer,
    PixelSpace pixels,
    boolean clamp,
    double averaging,
    ContentTerm content,
    StyleTerm style,
    TvTerm tv,
    boolean normalizeGradients,
    Pooling pooling,
    Padding padding,
    KeepColors keepColors) {

  /** Validates what the parts have not. */
  public Recipe {
    Checks.decay("decay of the averaging", averaging);
    if (content.weight() + style.weight() + tv.weight() == 0) {
      throw new NstException("All weights are 0, so there is nothing to optimise; raise one.");
    }
  }

  /**
   * Returns the exact base recipe of {@code docs/architecture.md}: size 512, 5000 steps of Adam at
   * 0.004 from the photograph, content at conv5_2, style at the first layer of every block.
   */
  public static Recipe gatys() {
    return NamedRecipes.gatys();
  }

  /**
   * Returns a recipe that gives a clearly stylised picture within a few minutes on two processor
   * cores: the losses of {@link #gatys}, smaller, with longer steps, and with every layer's error
   * measured relative to its target, so that the deep layers, which carry a painting's strokes and
   * shapes, count as much as the shallow ones.
   */
  public static Recipe quick() {
    return NamedRecipes.quick();
  }

  /**
   * Returns the default: a ladder of sizes, on whose small steps most of the painting happens at
   * little cost, with the proportions of {@link #gatys} between layers, but every layer's error
   * measured relative to its target as in {@link #quick}.
   */
  public static Recipe multiscale() {
    return NamedRecipes.multiscale();
  }

  /**
   * Returns neural-style-pt's defaults; see {@code docs/architecture.md} for what differs. Their
   * loss weights are made for Caffe's values; {@link #forms} has them for torchvision's.
   */
  public static Recipe neuralStylePt() {
    return NamedRecipes.neuralStylePt();
  }

  /** Returns the algorithm of crowsonkb/style-transfer-pytorch with its defaults. */
  public static Recipe crowsonkb() {
    return NamedRecipes.crowsonkb();
  }

  /**
   * Returns a recipe that paints, from noise, what one layer keeps of the photograph: figure 1 of
   * Gatys, Ecker, Bethge 2015, after Mahendran and Vedaldi 2015. The painting is not looked at.
   */
  public static Recipe contentReconstruction(Vgg19Layer layer) {
    return ReconstructionRecipes.content(layer);
  }

  /**
   * Returns a recipe that paints, from noise, a texture with the painting's Gram matrices at these
   * layers (Gatys, Ecker, Bethge 2015, "Texture Synthesis Using Convolutional Neural Networks").
   * The photograph gives the size alone.
   */
  public static Recipe textureSynthesis(List<Vgg19Layer> layers) {
    return ReconstructionRecipes.texture(layers);
  }

  /** Returns the recipes that have a name; the default first. */
  public static List<Recipe> all() {
    return NamedRecipes.all();
  }

  /**
   * Returns the recipe of that name.
   *
   * @throws NstException if there is none
   */
  public static Recipe named(String name) {
    return all().stream()
        .filter(recipe -> recipe.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NstException(
                    "There is no recipe '"
                        + name
                        + "'; choose among "
                        + all().stream().map(Recipe::name).collect(Collectors.joining(", "))
                        + "."));
  }

  /** Returns this recipe as it is for each kind of features. */
  public RecipeForms forms() {
    return RecipeForms.of(this);
  }

  /** Returns what a person should know of this recipe, on one line. */
  public String summary() {
    String sizes =
        stages.upTo(size.pixels()).stream()
            .map(stage -> stage.pixels() + " px x " + stage.iterations())
            .collect(Collectors.joining(", "));
    return "%s edge; %s; %s from %s; style %s, content %s"
        .formatted(
            Names.of(size.edge()),
            sizes,
            optimizer instanceof Optimizer.Adam ? "adam" : "lbfgs",
            Init.format(init),
            Names.of(style.form()),
            Names.of(content.scale()));
  }

  /** Returns the number of steps of all stages together, for a picture of the recipe's size. */
  public int iterations() {
    return stages.upTo(size.pixels()).stream().mapToInt(Stage::iterations).sum();
  }

  /** Returns the layers that the losses listen to. */
  public Set<Vgg19Layer> taps() {
    Set<Vgg19Layer> taps = EnumSet.noneOf(Vgg19Layer.class);
    if (content.weight() > 0) {
      taps.addAll(content.layers());
    }
    if (style.weight() > 0) {
      taps.addAll(style.layers().keySet());
    }
    return taps;
  }

  /** Returns the size that a photograph is painted at. */
  public Dimensions fitContent(Dimensions photograph) {
    return size.fit(photograph);
  }

  /**
   * Returns the size at which a painting is looked at in the last stage.
   *
   * @throws NstException if that is too small for the network
   */
  public Dimensions fitStyle(Dimensions painting) {
    return style.fit(size.edge(), size.pixels(), painting);
  }

  private Recipe with(Consumer<RecipeDraft> change) {
    RecipeDraft draft = new RecipeDraft(this);
    change.accept(draft);
    return draft.toRecipe();
  }

  /** Returns this recipe with another name. */
  public Recipe withName(String value) {
    return with(draft -> draft.name = value);
  }

  /** Returns this recipe with another length of the edge that its size is measured by. */
  public Recipe withSize(int pixels) {
    return with(draft -> draft.size = size.withPixels(pixels));
  }

  /** Returns this recipe with another size. */
  public Recipe withSize(PictureSize value) {
    return with(draft -> draft.size = value);
  }

  /**
   * Returns this recipe with another number of steps, shared among the stages of its present size
   * as now; fewer steps than stages are all taken at the full size.
   */
  public Recipe withIterations(int value) {
    return with(draft -> draft.stages = stages.withIterations(value, size.pixels()));
  }

  /** Returns this recipe with other stages. */
  public Recipe withStages(Stages value) {
    return with(draft -> draft.stages = value);
  }

  /** Returns this recipe with another start. */
  public Recipe withInit(Init value) {
    return with(draft -> draft.init = value);
  }

  /** Returns this recipe with another seed. */
  public Recipe withSeed(long value) {
    return with(draft -> draft.seed = value);
  }

  /** Returns this recipe with another optimiser. */
  public Recipe withOptimizer(Optimizer value) {
    return with(draft -> draft.optimizer = value);
  }

  /** Returns this recipe with another step length. */
  public Recipe withLearningRate(double value) {
    return with(draft -> draft.optimizer = optimizer.withLearningRate(value));
  }

  /** Returns this recipe with another content term. */
  public Recipe withContent(ContentTerm value) {
    return with(draft -> draft.content = value);
  }

  /** Returns this recipe with another content weight. */
  public Recipe withContentWeight(double value) {
    return withContent(content.withWeight(value));
  }

  /** Returns this recipe with other content layers. */
  public Recipe withContentLayers(List<Vgg19Layer> value) {
    return withContent(content.withLayers(value));
  }

  /** Returns this recipe with another style term. */
  public Recipe withStyle(StyleTerm value) {
    return with(draft -> draft.style = value);
  }

  /** Returns this recipe with another style weight. */
  public Recipe withStyleWeight(double value) {
    return withStyle(style.withWeight(value));
  }

  /** Returns this recipe with other style layers and weights. */
  public Recipe withStyleLayers(Map<Vgg19Layer, Double> value) {
    return withStyle(style.withLayers(value));
  }

  /** Returns this recipe with another total variation. */
  public Recipe withTv(TvTerm value) {
    return with(draft -> draft.tv = value);
  }

  /** Returns this recipe with another weight of the total variation. */
  public Recipe withTvWeight(double value) {
    return withTv(tv.withWeight(value));
  }

  /** Returns this recipe with another pooling. */
  public Recipe withPooling(Pooling value) {
    return with(draft -> draft.pooling = value);
  }

  /** Returns this recipe with another padding of the picture. */
  public Recipe withPadding(Padding value) {
    return with(draft -> draft.padding = value);
  }

  /** Returns this recipe with other colours of the photograph kept. */
  public Recipe withKeepColors(KeepColors value) {
    return with(draft -> draft.keepColors = value);
  }

  /** Returns this recipe in another pixel space. */
  public Recipe withPixels(PixelSpace value) {
    return with(draft -> draft.pixels = value);
  }

  /** Returns this recipe with steps that end between black and white, or not. */
  public Recipe withClamp(boolean value) {
    return with(draft -> draft.clamp = value);
  }

  /** Returns this recipe with another decay of the average. */
  public Recipe withAveraging(double value) {
    return with(draft -> draft.averaging = value);
  }

  /** Returns this recipe with layers' gradients normalised, or not. */
  public Recipe withNormalizedGradients(boolean value) {
    return with(draft -> draft.normalizeGradients = value);
  }
}
