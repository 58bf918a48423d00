package dev.nst.transfer;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.GradientNormalization;
import dev.nst.backend.Backend;
import dev.nst.loss.ContentLoss;
import dev.nst.loss.StyleLoss;
import dev.nst.loss.TotalVariationLoss;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.ContentTerm;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The function that is minimised: targets captured once from the photograph and the painting, and
 * the losses of a picture against them, with their gradient.
 */
final class Objective {

  private final Backend backend;
  private final Vgg19 vgg;
  private final Recipe recipe;
  private final Map<Vgg19Layer, ContentLoss> contentLosses = new EnumMap<>(Vgg19Layer.class);
  private final Map<Vgg19Layer, StyleLoss> styleLosses = new EnumMap<>(Vgg19Layer.class);
  private final TotalVariationLoss tvLoss;
  private final Tensor contentValue;
  private final Tensor styleValue;
  private final Tensor tvValue;

  /**
   * Captures the targets.
   *
   * @param session where targets and loss values live
   */
  Objective(Vgg19 vgg, Recipe recipe, Arena session, Scene scene) {
    this.backend = vgg.backend();
    this.vgg = vgg;
    this.recipe = recipe;
    this.tvLoss = new TotalVariationLoss(recipe.tv().weight(), recipe.tv().form());
    this.contentValue = session.allocate(Shape.scalar());
    this.styleValue = session.allocate(Shape.scalar());
    this.tvValue = session.allocate(Shape.scalar());
    if (recipe.style().weight() > 0) {
      captureStyle(session, scene);
    }
    if (recipe.content().weight() > 0) {
      captureContent(session, scene.content());
    }
  }

  private void captureStyle(Arena session, Scene scene) {
    Set<Vgg19Layer> layers = recipe.style().layers().keySet();
    try (Arena gathered = backend.openArena("style")) {
      List<StyleTargets> regions =
          IntStream.range(0, scene.regions().size())
              .mapToObj(i -> new StyleTargets(backend, recipe.style(), session, gathered, i))
              .toList();
      for (Scene.WeightedStyle style : scene.styles()) {
        capture(
            style.picture(),
            layers,
            (layer, features) -> regions.forEach(r -> r.add(layer, features.value(), style)));
      }
      for (Vgg19Layer layer : layers) {
        List<StyleLoss> losses = regions.stream().map(r -> r.loss(layer, scene)).toList();
        styleLosses.put(layer, StyleLoss.sum(losses));
      }
    }
  }

  private void captureContent(Arena session, PictureSource content) {
    ContentTerm term = recipe.content();
    capture(
        content,
        EnumSet.copyOf(term.layers()),
        (layer, features) ->
            contentLosses.put(
                layer,
                ContentLoss.of(backend, session, features.value(), term.weight(), term.scale())));
  }

  /** Runs the network on a picture in an arena of its own, whose memory goes back at once. */
  private void capture(PictureSource picture, Set<Vgg19Layer> taps, Vgg19.TapListener listener) {
    try (Arena arena = backend.openArena("targets")) {
      Tape tape = new Tape(backend, arena);
      Tensor input = picture.upload(backend, arena);
      vgg.run(tape, tape.constant(input), recipe.padding(), recipe.pooling(), taps, listener);
    }
  }

  /**
   * Evaluates the losses of {@code image}, which {@link #losses} then reads, and returns their
   * gradient.
   *
   * @param image float32 {@code [1, 3, H, W]}, in the recipe's pixel space
   * @param step reset here; the gradient lives in it until the next evaluation
   * @param scale float32 scalar, factor on the gradient; the losses are not scaled
   * @return float32 {@code [1, 3, H, W]}
   */
  Tensor gradient(Tensor image, Arena step, Tensor scale) {
    step.reset();
    Tape tape = new Tape(backend, step);
    Variable x = tape.leaf(image);
    Sum content = new Sum(tape);
    Sum style = new Sum(tape);
    Sum tv = new Sum(tape);
    if (recipe.tv().weight() > 0) {
      tv.add(tvLoss.apply(tape, x));
    }
    Set<Vgg19Layer> taps = recipe.taps();
    if (!taps.isEmpty()) {
      Variable seen = recipe.pixels().to(vgg.input().pixels(), tape, x);
      vgg.run(
          tape,
          seen,
          recipe.padding(),
          recipe.pooling(),
          taps,
          (layer, features) -> {
            if (styleLosses.containsKey(layer)) {
              double strength = recipe.style().weight() * recipe.style().layers().get(layer);
              Variable listening = normalized(tape, features, scale, strength);
              style.add(styleLosses.get(layer).apply(tape, listening));
            }
            if (contentLosses.containsKey(layer)) {
              double strength = recipe.content().weight();
              Variable listening = normalized(tape, features, scale, strength);
              content.add(contentLosses.get(layer).apply(tape, listening));
            }
          });
    }
    content.store(contentValue);
    style.store(styleValue);
    tv.store(tvValue);
    Sum total = new Sum(tape);
    total.add(content);
    total.add(style);
    total.add(tv);
    tape.backward(total.sum, scale);
    return tape.gradient(x);
  }

  /** Returns the features as a loss sees them: with gradients of a given size, if so wanted. */
  private Variable normalized(Tape tape, Variable features, Tensor scale, double strength) {
    return recipe.normalizeGradients()
        ? GradientNormalization.apply(tape, features, scale, (float) strength)
        : features;
  }

  /** Reads the losses of the latest evaluation. */
  Losses losses() {
    double content = read(contentValue);
    double style = read(styleValue);
    double tv = read(tvValue);
    return new Losses(content + style + tv, content, style, tv);
  }

  private double read(Tensor scalar) {
    float[] value = new float[1];
    backend.download(value, scalar);
    return value[0];
  }

  /** A sum of scalar terms on the tape; none at all is zero. */
  private static final class Sum {
    private final Tape tape;
    private Variable sum;

    Sum(Tape tape) {
      this.tape = tape;
    }

    void add(Variable term) {
      sum = sum == null ? term : Add.apply(tape, sum, term);
    }

    void add(Sum terms) {
      if (terms.sum != null) {
        add(terms.sum);
      }
    }

    void store(Tensor destination) {
      if (sum == null) {
        tape.backend().fill(destination, 0);
      } else {
        tape.backend().copy(destination, sum.value());
      }
    }
  }
}
