package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.Optimizer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import java.util.function.Supplier;

/** Moves the picture, one step at a time, by one of the optimisers. */
interface Mover extends AutoCloseable {

  /** Evaluates losses and gradient of the picture, then moves it one step. */
  void iterate();

  /** Fetches Adam's state, or null from another optimiser. */
  Handover.Moments moments();

  /** Goes on from the state of a stage before; another optimiser starts afresh. */
  void resume(Handover.Moments moments);

  /** Lets go of what was recorded. */
  @Override
  void close();

  /** Evaluates the picture's gradient, true to scale, into the step arena. */
  interface Gradient {
    /** Returns the gradient, which lives until the next call. */
    Tensor evaluate();
  }

  /**
   * What an optimiser works with.
   *
   * @param backend runs the kernels
   * @param session where its state lives
   * @param image the picture, updated
   * @param gradient evaluates the objective
   * @param scaler whose {@link GradScaler#apply} says whether a gradient is good for a step
   * @param losses reads the losses that were evaluated last
   */
  record Task(
      Backend backend,
      Arena session,
      Tensor image,
      Gradient gradient,
      GradScaler scaler,
      Supplier<Losses> losses) {}

  /**
   * Returns the mover of an optimiser.
   *
   * @param clamp ends a step of Adam
   * @param average takes the picture in after each step
   */
  static Mover of(Optimizer optimizer, Task task, Runnable clamp, Runnable average) {
    return optimizer instanceof Optimizer.Adam adam
        ? new AdamMover(adam, task, clamp, average)
        : new LbfgsMover((Optimizer.Lbfgs) optimizer, task, average);
  }
}
