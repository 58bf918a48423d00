package dev.nst.recipe;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pull towards the paintings.
 *
 * @param weight factor on the whole, at least 0
 * @param layers layers whose statistics are matched, each with its weight
 * @param form which statistics, and how they are compared
 * @param scale size of the paintings relative to the picture's, above 0
 * @param enlarge whether a painting smaller than that is enlarged
 */
public record StyleTerm(
    double weight, Map<Vgg19Layer, Double> layers, StyleForm form, double scale, boolean enlarge) {

  /** Validates the ranges and copies the map. */
  public StyleTerm {
    Checks.weight("style", weight);
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    layers.forEach((layer, each) -> Checks.weight("style layer " + layer, each));
    if (weight > 0 && layers.isEmpty()) {
      throw new NstException(
          "A style weight above 0 needs at least one layer; name one or set the weight to 0.");
    }
    Checks.positive("style scale", scale);
    if (scale > 16) {
      throw new NstException("The style scale must be at most 16, got " + scale + ".");
    }
  }

  /**
   * Returns the size at which a painting is looked at.
   *
   * @param edge the edge that sizes are measured by
   * @param pixels length of that edge in the picture
   * @param painting the painting's own size
   * @throws NstException if that is too small for the network
   */
  public Dimensions fit(PictureSize.Edge edge, int pixels, Dimensions painting) {
    Dimensions result =
        enlarge ? edge.fit(painting, wanted(pixels)) : fitWithoutEnlarging(edge, pixels, painting);
    if (result.shortEdge() < Vgg19.SMALLEST_EDGE) {
      throw new NstException(
          "A painting of "
              + painting
              + " pixels becomes "
              + result
              + " at style scale "
              + scale
              + " of a picture of "
              + pixels
              + " pixels, but VGG-19 needs at least "
              + Vgg19.SMALLEST_EDGE
              + " in each direction; choose a larger style scale, size or painting.");
    }
    return result;
  }

  /** Returns the same of a painting that is never enlarged, however small it becomes. */
  public Dimensions fitWithoutEnlarging(PictureSize.Edge edge, int pixels, Dimensions painting) {
    int wanted = wanted(pixels);
    return edge.of(painting) <= wanted ? painting : edge.fit(painting, wanted);
  }

  private int wanted(int pixels) {
    return (int) Math.max(1, Math.rint(pixels * scale));
  }

  /** Returns this term with another weight. */
  public StyleTerm withWeight(double value) {
    return new StyleTerm(value, layers, form, scale, enlarge);
  }

  /** Returns this term with other layers and weights. */
  public StyleTerm withLayers(Map<Vgg19Layer, Double> value) {
    return new StyleTerm(weight, value, form, scale, enlarge);
  }

  /** Returns this term with another form. */
  public StyleTerm withForm(StyleForm value) {
    return new StyleTerm(weight, layers, value, scale, enlarge);
  }

  /** Returns this term with paintings of another relative size. */
  public StyleTerm withScale(double value) {
    return new StyleTerm(weight, layers, form, value, enlarge);
  }
}
