package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GramMse;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Style loss of one layer, on Gram matrices G of the painted picture and A of the painting.
 *
 * <p>{@link LossScale#ABSOLUTE}: {@code weight * mean((G - A)^2) / (C H W)} with {@code G = F Ft}
 * and C, H, W those of the painted picture's map. This is {@code 4 H W / C} times Gatys, Ecker,
 * Bethge 2015, eq. 4, {@code sum((G - A)^2) / (4 C^2 (H W)^2)}: the form of the recipe that the
 * project's traces are compared with. A painting of another size than the picture has Gram matrices
 * of another magnitude, as in that recipe.
 *
 * <p>{@link LossScale#RELATIVE}: {@code weight * mean((G - A)^2) / mean(A^2)} with {@code G = F Ft
 * / (H W)}, each divided by the area of its own map.
 *
 * @param targetGram A, float32 {@code [C, C]}
 * @param weight factor on the mean; in the relative form already divided by {@code mean(A^2)}
 * @param scale which of the two forms
 */
public record StyleLoss(Tensor targetGram, double weight, LossScale scale) {

  /**
   * Returns the loss whose target is the Gram matrix of {@code features}.
   *
   * @param arena where the target is kept
   */
  public static StyleLoss of(
      Backend backend, Arena arena, Tensor features, double weight, LossScale scale) {
    int channels = features.shape().c();
    Tensor target = arena.allocate(Shape.matrix(channels, channels));
    backend.gram(target, features, gramScale(features.shape(), scale));
    return new StyleLoss(target, scale.weightFor(backend, features.arena(), target, weight), scale);
  }

  private static float gramScale(Shape features, LossScale scale) {
    return scale == LossScale.ABSOLUTE ? 1 : 1f / features.area();
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    Shape shape = features.shape();
    double factor = scale == LossScale.ABSOLUTE ? weight / shape.size() : weight;
    return GramMse.apply(tape, features, targetGram, gramScale(shape, scale), (float) factor);
  }
}
