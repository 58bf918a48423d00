package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.loss.GramDivisor;
import dev.nst.loss.GramLoss;
import dev.nst.loss.Guide;
import dev.nst.loss.LossScale;
import dev.nst.loss.Moments;
import dev.nst.loss.StyleLoss;
import dev.nst.loss.WassersteinLoss;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.StyleForm;
import dev.nst.recipe.StyleTerm;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers what a region of the paintings looks like to each layer, averaged by their shares, and
 * makes the losses of it. Gram matrices and moments are averaged, not distances to single
 * paintings, as all systems of the field do: a blend is one style, and costs no more than one.
 *
 * <p>A region weighs as much as its share of the photograph (lambda of Gatys et al. 2017, eq. 5):
 * each position is then pulled as hard as without regions, and one region that is everything
 * changes nothing.
 */
final class StyleTargets {

  private final Backend backend;
  private final StyleTerm term;
  private final Arena session;
  private final Arena gathered;
  private final int region;
  private final Map<Vgg19Layer, Tensor> grams = new EnumMap<>(Vgg19Layer.class);
  private final Map<Vgg19Layer, Moments> moments = new EnumMap<>(Vgg19Layer.class);

  /**
   * Starts without any painting.
   *
   * @param session where the targets are kept
   * @param gathered for what is no longer wanted once the losses are made
   * @param region which of the scene's
   */
  StyleTargets(Backend backend, StyleTerm term, Arena session, Arena gathered, int region) {
    this.backend = backend;
    this.term = term;
    this.session = session;
    this.gathered = gathered;
    this.region = region;
  }

  /**
   * Takes in a layer of a painting.
   *
   * @param features {@code [1, C, H, W]}
   * @param style the painting, for its share and its region
   */
  void add(Vgg19Layer layer, Tensor features, Scene.WeightedStyle style) {
    if (term.form() == StyleForm.WASSERSTEIN) {
      addMoments(layer, features, style.share());
    } else {
      Optional<Guide> guide = style.regions().get(region).guide(backend, features.arena(), layer);
      addGram(layer, features, guide, style.share());
    }
  }

  private void addGram(Vgg19Layer layer, Tensor features, Optional<Guide> guide, double share) {
    Tensor sum = grams.get(layer);
    if (sum == null) {
      Tensor gram = GramLoss.target(backend, session, features, divisor(), guide);
      if (share != 1) {
        backend.scale(gram, gram, (float) share);
      }
      grams.put(layer, gram);
      return;
    }
    Arena scratch = features.arena();
    Tensor gram = GramLoss.target(backend, scratch, features, divisor(), guide);
    backend.algebra().addScaled(sum, gram, (float) share);
    gram.release();
  }

  private void addMoments(Vgg19Layer layer, Tensor features, double share) {
    Moments sum = moments.get(layer);
    if (sum == null) {
      Moments first = Moments.of(backend, gathered, features);
      first.scale(backend, share);
      moments.put(layer, first);
      return;
    }
    Moments next = Moments.of(backend, features.arena(), features);
    sum.add(backend, next, share);
    next.mean().release();
    next.second().release();
  }

  private GramDivisor divisor() {
    return switch (term.form()) {
      case ABSOLUTE -> GramDivisor.ONE;
      case RELATIVE -> GramDivisor.POSITIONS;
      case MEAN_GRAM -> GramDivisor.ELEMENTS;
      case WASSERSTEIN -> throw new IllegalStateException("moments have no divisor");
    };
  }

  /** Returns the loss of a layer in the photograph's region, once all paintings are in. */
  StyleLoss loss(Vgg19Layer layer, Scene scene) {
    Optional<Guide> guide = scene.regions().get(region).guide(backend, session, layer);
    double share = guide.map(Guide::share).orElse(1.0);
    double weight = share * term.weight() * term.layers().get(layer);
    Tensor gram = grams.get(layer);
    return switch (term.form()) {
      case ABSOLUTE ->
          (tape, features) ->
              gramLoss(gram, weight / features.shape().size(), guide).apply(tape, features);
      case RELATIVE ->
          gramLoss(gram, LossScale.RELATIVE.weightFor(backend, gathered, gram, weight), guide)
              ::apply;
      case MEAN_GRAM -> gramLoss(gram, weight, guide)::apply;
      case WASSERSTEIN -> WassersteinLoss.of(backend, session, moments.get(layer), weight)::apply;
    };
  }

  private GramLoss gramLoss(Tensor gram, double weight, Optional<Guide> guide) {
    return new GramLoss(gram, weight, divisor(), guide);
  }
}
