package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GramMse;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Style loss of one layer, {@code weight * mean((G - A)^2) / (C H W)} with G and A the unnormalised
 * Gram matrices {@code F Ft} of the painted picture and of the painting, and C, H, W those of the
 * painted picture's map.
 *
 * <p>This is {@code 4 H W / C} times Gatys, Ecker, Bethge 2015, eq. 4, {@code sum((G - A)^2) / (4
 * C^2 (H W)^2)}: the form of the recipe that the project's traces are compared with. A painting of
 * another size than the picture has Gram matrices of another magnitude, as in that recipe.
 *
 * @param targetGram A, float32 {@code [C, C]}
 * @param weight factor on the mean
 */
public record StyleLoss(Tensor targetGram, double weight) {

  /**
   * Returns the loss whose target is the Gram matrix of {@code features}, kept in {@code arena}.
   */
  public static StyleLoss of(Backend backend, Arena arena, Tensor features, double weight) {
    int channels = features.shape().c();
    Tensor target = arena.allocate(Shape.matrix(channels, channels));
    backend.gram(target, features, 1);
    return new StyleLoss(target, weight);
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    double perElement = weight / features.shape().size();
    return GramMse.apply(tape, features, targetGram, 1, (float) perElement);
  }
}
