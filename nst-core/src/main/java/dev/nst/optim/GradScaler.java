package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.backend.LossScaling;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Dynamic loss scaling (Micikevicius et al. 2018, section 3.2): the walk back starts from {@link
 * #scale} instead of 1, {@link #unscale} divides the gradient by it again, and a step whose
 * gradient is not finite is left out and followed by a smaller scale. All state lives on the
 * device, so that a recorded step can be replayed.
 *
 * <p>A disabled scaler, as in PyTorch, has the constant scale 1, leaves gradients alone and lets
 * every step through.
 */
public final class GradScaler {

  private final Backend backend;
  private final LossScaling parameters;
  private final boolean enabled;
  private final Tensor scale;
  private final Tensor usedScale;
  private final Tensor streak;
  private final Tensor apply;

  /**
   * Creates the state before the first step.
   *
   * @param arena where the state lives
   * @param enabled false for a scaler that does nothing
   */
  public GradScaler(Backend backend, Arena arena, LossScaling parameters, boolean enabled) {
    this.backend = backend;
    this.parameters = parameters;
    this.enabled = enabled;
    scale = arena.allocate(Shape.scalar());
    usedScale = arena.allocate(Shape.scalar());
    streak = arena.allocate(Shape.scalar());
    apply = arena.allocate(Shape.scalar());
    backend.fill(scale, enabled ? parameters.initial() : 1);
    backend.copy(usedScale, scale);
    backend.fill(streak, 0);
    backend.fill(apply, 1);
  }

  /**
   * Returns a scaler with {@linkplain LossScaling#defaults default constants} that is enabled where
   * the backend's feature maps are float16. The other types have the range of float32 and need
   * none.
   *
   * @param arena where the state lives
   */
  public static GradScaler forFeaturesOf(Backend backend, Arena arena) {
    return new GradScaler(
        backend, arena, LossScaling.defaults(), backend.featureType() == DType.F16);
  }

  /** Returns the factor on the loss: a float32 scalar to start the walk back from. */
  public Tensor scale() {
    return scale;
  }

  /**
   * Divides {@code gradient} by the scale and adapts the scale; {@link #apply} then says whether to
   * take the step.
   *
   * @param gradient float32, updated
   */
  public void unscale(Tensor gradient) {
    if (enabled) {
      backend.copy(usedScale, scale);
      backend.unscale(gradient, scale, streak, apply, parameters);
    }
  }

  /**
   * Returns whether the latest gradient was not finite though its scale was the smallest: there is
   * nothing left to lower. Waits for the device, unless disabled.
   */
  public boolean isExhausted() {
    return enabled && read(apply) == 0 && read(usedScale) == parameters.smallest();
  }

  private float read(Tensor scalar) {
    float[] value = new float[1];
    backend.download(value, scalar);
    return value[0];
  }

  /**
   * Returns a float32 scalar: 1 where the latest gradient was finite or the scaler is disabled,
   * else 0.
   */
  public Tensor apply() {
    return apply;
  }
}
