package dev.nst.recipe;

import dev.nst.NstException;
import dev.nst.loss.LossScale;
import dev.nst.model.Vgg19Layer;
import java.util.List;

/**
 * The pull towards the photograph, {@link dev.nst.loss.ContentLoss} summed over layers.
 *
 * @param weight factor on the whole, at least 0
 * @param layers layers whose features are matched
 * @param scale what a layer's error is measured in
 */
public record ContentTerm(double weight, List<Vgg19Layer> layers, LossScale scale) {

  /** Validates the ranges and copies the list. */
  public ContentTerm {
    Checks.weight("content", weight);
    layers = List.copyOf(layers);
    if (layers.stream().distinct().count() < layers.size()) {
      throw new NstException("The content layers name a layer twice: " + layers + ".");
    }
    if (weight > 0 && layers.isEmpty()) {
      throw new NstException(
          "A content weight above 0 needs at least one layer; name one or set the weight to 0.");
    }
  }

  /** Returns this term with another weight. */
  public ContentTerm withWeight(double value) {
    return new ContentTerm(value, layers, scale);
  }

  /** Returns this term with other layers. */
  public ContentTerm withLayers(List<Vgg19Layer> value) {
    return new ContentTerm(weight, value, scale);
  }
}
