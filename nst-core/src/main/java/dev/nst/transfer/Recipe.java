package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.loss.LossScale;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Everything that decides what picture comes out, but the pictures and the network.
 *
 * @param name what users call it
 * @param size shorter edge of both pictures in pixels, at least {@link Vgg19#SMALLEST_EDGE};
 *     resizing is the caller's ({@code Images.read(path, recipe.size())})
 * @param iterations optimisation steps, at least 1
 * @param learningRate Adam's step length, in units of the normalised image (about 0.25 of the full
 *     range of brightness)
 * @param contentWeight factor on the content loss, at least 0
 * @param styleWeight factor on the style loss, at least 0
 * @param tvWeight factor on the total variation, at least 0
 * @param contentLayers layers whose features are matched
 * @param styleLayers layers whose Gram matrices are matched, with their weights
 * @param pooling how the network halves its maps
 * @param scale what a layer's error is measured in
 */
public record Recipe(
    String name,
    int size,
    int iterations,
    double learningRate,
    double contentWeight,
    double styleWeight,
    double tvWeight,
    List<Vgg19Layer> contentLayers,
    Map<Vgg19Layer, Double> styleLayers,
    Pooling pooling,
    LossScale scale) {

  /** Validates the ranges and copies the collections. */
  public Recipe {
    if (size < Vgg19.SMALLEST_EDGE) {
      throw new NstException(
          "The size must be at least "
              + Vgg19.SMALLEST_EDGE
              + " pixels, because VGG-19 halves the picture four times, got "
              + size
              + ".");
    }
    if (iterations < 1) {
      throw new NstException(
          "The number of iterations must be at least 1, got " + iterations + ".");
    }
    if (!(learningRate > 0 && learningRate <= Float.MAX_VALUE)) {
      throw new NstException("The learning rate must be above 0, got " + learningRate + ".");
    }
    requireWeight("content", contentWeight);
    requireWeight("style", styleWeight);
    requireWeight("total variation", tvWeight);
    contentLayers = List.copyOf(contentLayers);
    styleLayers = Collections.unmodifiableMap(new LinkedHashMap<>(styleLayers));
    styleLayers.forEach((layer, weight) -> requireWeight("style layer " + layer, weight));
    if (contentWeight > 0 && contentLayers.isEmpty() || styleWeight > 0 && styleLayers.isEmpty()) {
      throw new NstException(
          "A content or style weight above 0 needs at least one layer; name one or set the weight to 0.");
    }
    if (contentWeight + styleWeight + tvWeight == 0) {
      throw new NstException("All weights are 0, so there is nothing to optimise; raise one.");
    }
  }

  private static void requireWeight(String what, double weight) {
    if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
      throw new NstException(
          "The " + what + " weight must be a number of at least 0, got " + weight + ".");
    }
  }

  /**
   * Returns the exact base recipe of {@code docs/architecture.md}: size 512, 5000 steps of Adam at
   * 0.004 from the photograph, content at conv5_2, style at the first layer of every block.
   */
  public static Recipe gatys() {
    return new Recipe(
        "gatys",
        512,
        5000,
        0.004,
        8,
        70,
        10,
        List.of(Vgg19Layer.CONV5_2),
        styleLayers(0.75, 0.5, 0.2, 0.2, 0.2),
        Pooling.MAX,
        LossScale.ABSOLUTE);
  }

  /**
   * Returns a recipe that gives a clearly stylised picture within a few minutes on two processor
   * cores: the losses of {@link #gatys}, smaller, with longer steps, and with every layer's error
   * measured relative to its target, so that the deep layers, which carry a painting's strokes and
   * shapes, count as much as the shallow ones.
   */
  public static Recipe quick() {
    return new Recipe(
        "quick",
        384,
        200,
        0.03,
        1,
        100,
        2,
        List.of(Vgg19Layer.CONV5_2),
        styleLayers(0.2, 0.2, 0.2, 0.2, 0.2),
        Pooling.MAX,
        LossScale.RELATIVE);
  }

  /**
   * Returns {@link #quick} for random features ({@link Vgg19#random}). Deep random layers answer to
   * noise as they do to shapes, so style is taken from the shallower ones, pooling averages instead
   * of picking the noisiest position, and the total variation weighs more.
   */
  public static Recipe quickForRandomFeatures() {
    Map<Vgg19Layer, Double> style = new LinkedHashMap<>();
    style.put(Vgg19Layer.CONV1_1, 0.2);
    style.put(Vgg19Layer.CONV1_2, 0.2);
    style.put(Vgg19Layer.CONV2_1, 0.4);
    style.put(Vgg19Layer.CONV2_2, 0.2);
    style.put(Vgg19Layer.CONV3_1, 0.6);
    style.put(Vgg19Layer.CONV4_1, 0.3);
    return quick()
        .withContentWeight(0.3)
        .withTvWeight(4)
        .withContentLayers(List.of(Vgg19Layer.CONV4_2))
        .withStyleLayers(style)
        .withPooling(Pooling.AVERAGE);
  }

  private static Map<Vgg19Layer, Double> styleLayers(
      double block1, double block2, double block3, double block4, double block5) {
    Map<Vgg19Layer, Double> layers = new LinkedHashMap<>();
    layers.put(Vgg19Layer.CONV1_1, block1);
    layers.put(Vgg19Layer.CONV2_1, block2);
    layers.put(Vgg19Layer.CONV3_1, block3);
    layers.put(Vgg19Layer.CONV4_1, block4);
    layers.put(Vgg19Layer.CONV5_1, block5);
    return layers;
  }

  /** Returns the recipes that have a name. */
  public static List<Recipe> all() {
    return List.of(quick(), gatys());
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

  private Recipe with(Consumer<RecipeDraft> change) {
    RecipeDraft draft = new RecipeDraft(this);
    change.accept(draft);
    return draft.toRecipe();
  }

  /** Returns this recipe with another size of the shorter edge. */
  public Recipe withSize(int value) {
    return with(draft -> draft.size = value);
  }

  /** Returns this recipe with another number of steps. */
  public Recipe withIterations(int value) {
    return with(draft -> draft.iterations = value);
  }

  /** Returns this recipe with another step length. */
  public Recipe withLearningRate(double value) {
    return with(draft -> draft.learningRate = value);
  }

  /** Returns this recipe with another content weight. */
  public Recipe withContentWeight(double value) {
    return with(draft -> draft.contentWeight = value);
  }

  /** Returns this recipe with another style weight. */
  public Recipe withStyleWeight(double value) {
    return with(draft -> draft.styleWeight = value);
  }

  /** Returns this recipe with another weight of the total variation. */
  public Recipe withTvWeight(double value) {
    return with(draft -> draft.tvWeight = value);
  }

  /** Returns this recipe with other content layers. */
  public Recipe withContentLayers(List<Vgg19Layer> value) {
    return with(draft -> draft.contentLayers = value);
  }

  /** Returns this recipe with other style layers and weights. */
  public Recipe withStyleLayers(Map<Vgg19Layer, Double> value) {
    return with(draft -> draft.styleLayers = value);
  }

  /** Returns this recipe with another pooling. */
  public Recipe withPooling(Pooling value) {
    return with(draft -> draft.pooling = value);
  }

  /** Returns this recipe with another scale of the layers' errors. */
  public Recipe withScale(LossScale value) {
    return with(draft -> draft.scale = value);
  }
}
