package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GramMse;
import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Optional;

/**
 * Style loss of one layer, {@code weight * mean((G - A)^2)} on Gram matrices with a divisor: with
 * {@link GramDivisor#ELEMENTS} that of neural-style and neural-style-pt.
 *
 * @param targetGram A, float32 {@code [C, C]}, with the same divisor
 * @param weight factor on the mean
 * @param divisor what Gram matrices are divided by
 * @param guide the region that the Gram matrix is taken of; the whole map without one
 */
public record GramLoss(
    Tensor targetGram, double weight, GramDivisor divisor, Optional<Guide> guide) {

  /**
   * Returns the Gram matrix of a painting's features, for a target.
   *
   * @param arena where it is kept
   * @param features {@code [1, C, H, W]}
   * @param guide region of the painting, of the features' height and width
   */
  public static Tensor target(
      Backend backend, Arena arena, Tensor features, GramDivisor divisor, Optional<Guide> guide) {
    Shape shape = features.shape();
    Tensor gram = arena.allocate(Shape.matrix(shape.c(), shape.c()));
    if (guide.isEmpty()) {
      backend.gram(gram, features, divisor.scale(shape.c(), shape.area(), 1));
      return gram;
    }
    Tensor inside = features.arena().allocate(shape, features.type());
    backend.algebra().multiplyMask(inside, features, guide.get().factors());
    backend.gram(gram, inside, divisor.scale(shape.c(), shape.area(), guide.get().share()));
    inside.release();
    return gram;
  }

  /** Returns the weighted loss of {@code features}, a float32 scalar. */
  public Variable apply(Tape tape, Variable features) {
    Shape shape = features.shape();
    double share = guide.map(Guide::share).orElse(1.0);
    float scale = divisor.scale(shape.c(), shape.area(), share);
    Variable region = guide.map(g -> g.apply(tape, features)).orElse(features);
    return GramMse.apply(tape, region, targetGram, scale, (float) weight);
  }
}
