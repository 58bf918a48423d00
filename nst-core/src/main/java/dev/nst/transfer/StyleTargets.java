package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.loss.GramDivisor;
import dev.nst.loss.GramLoss;
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
 * Gathers what the paintings look like to each layer, averaged by their shares, and makes the
 * losses of it. Gram matrices and moments are averaged, not distances to single paintings, as all
 * systems of the field do: a blend is one style, and costs no more than one.
 */
final class StyleTargets {

  private final Backend backend;
  private final StyleTerm term;
  private final Arena session;
  private final Arena gathered;
  private final Map<Vgg19Layer, Tensor> grams = new EnumMap<>(Vgg19Layer.class);
  private final Map<Vgg19Layer, Moments> moments = new EnumMap<>(Vgg19Layer.class);

  /**
   * Starts without any painting.
   *
   * @param session where the targets are kept
   * @param gathered for what is no longer wanted once the losses are made
   */
  StyleTargets(Backend backend, StyleTerm term, Arena session, Arena gathered) {
    this.backend = backend;
    this.term = term;
    this.session = session;
    this.gathered = gathered;
  }

  /**
   * Takes in a layer of a painting.
   *
   * @param features {@code [1, C, H, W]}
   * @param share of the painting in the average
   */
  void add(Vgg19Layer layer, Tensor features, double share) {
    if (term.form() == StyleForm.WASSERSTEIN) {
      addMoments(layer, features, share);
    } else {
      addGram(layer, features, share);
    }
  }

  private void addGram(Vgg19Layer layer, Tensor features, double share) {
    Tensor sum = grams.get(layer);
    if (sum == null) {
      Tensor gram = GramLoss.target(backend, session, features, divisor(), Optional.empty());
      if (share != 1) {
        backend.scale(gram, gram, (float) share);
      }
      grams.put(layer, gram);
      return;
    }
    Arena scratch = features.arena();
    Tensor gram = GramLoss.target(backend, scratch, features, divisor(), Optional.empty());
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

  /** Returns the loss of a layer, once all paintings are in. */
  StyleLoss loss(Vgg19Layer layer) {
    double weight = term.weight() * term.layers().get(layer);
    Tensor gram = grams.get(layer);
    return switch (term.form()) {
      case ABSOLUTE ->
          (tape, features) ->
              gramLoss(gram, weight / features.shape().size()).apply(tape, features);
      case RELATIVE ->
          gramLoss(gram, LossScale.RELATIVE.weightFor(backend, gathered, gram, weight))::apply;
      case MEAN_GRAM -> gramLoss(gram, weight)::apply;
      case WASSERSTEIN -> WassersteinLoss.of(backend, session, moments.get(layer), weight)::apply;
    };
  }

  private GramLoss gramLoss(Tensor gram, double weight) {
    return new GramLoss(gram, weight, divisor(), Optional.empty());
  }
}
