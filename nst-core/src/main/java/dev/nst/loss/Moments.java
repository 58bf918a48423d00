package dev.nst.loss;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * First two moments of a feature map's positions: what a Gaussian style target is made of. Those of
 * several paintings are blended by {@link #scale} and {@link #add}.
 *
 * @param mean float32 vector {@code [C]}
 * @param second {@code F Ft / (H W)}, float32 {@code [C, C]}
 */
public record Moments(Tensor mean, Tensor second) {

  /**
   * Returns the moments of a map.
   *
   * @param arena where they are kept
   * @param features {@code [1, C, H, W]}
   */
  public static Moments of(Backend backend, Arena arena, Tensor features) {
    Shape shape = features.shape();
    Tensor mean = arena.allocate(Shape.vector(shape.c()));
    Tensor second = arena.allocate(Shape.matrix(shape.c(), shape.c()));
    backend.algebra().channelMeans(mean, features);
    backend.gram(second, features, 1f / shape.area());
    return new Moments(mean, second);
  }

  /** Multiplies both moments with {@code weight}. */
  public void scale(Backend backend, double weight) {
    backend.scale(mean, mean, (float) weight);
    backend.scale(second, second, (float) weight);
  }

  /** Adds {@code weight} times the other moments. */
  public void add(Backend backend, Moments other, double weight) {
    backend.algebra().addScaled(mean, other.mean, (float) weight);
    backend.algebra().addScaled(second, other.second, (float) weight);
  }
}
