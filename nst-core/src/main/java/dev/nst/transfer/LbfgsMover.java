package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.backend.Replay;
import dev.nst.optim.Lbfgs;
import dev.nst.optim.LbfgsParameters;
import dev.nst.recipe.Optimizer;
import dev.nst.tensor.Tensor;

/**
 * Steps of L-BFGS. The evaluation, which is nearly all of the work, is recorded once and replayed;
 * the host waits for the loss and for the products that decide the direction.
 */
final class LbfgsMover implements Mover {

  private final Backend backend;
  private final Task task;
  private final Lbfgs lbfgs;
  private final Runnable average;
  private Replay replay;

  LbfgsMover(Optimizer.Lbfgs parameters, Task task, Runnable average) {
    this.backend = task.backend();
    this.task = task;
    this.average = average;
    lbfgs =
        new Lbfgs(
            backend,
            task.session(),
            task.image().shape(),
            new LbfgsParameters(
                parameters.learningRate(), parameters.history(), parameters.lineSearch()));
  }

  @Override
  public void iterate() {
    lbfgs.step(task.image(), this::evaluate);
    average.run();
  }

  private double evaluate(Tensor gradient) {
    if (replay == null) {
      replay = backend.record(() -> backend.copy(gradient, task.gradient().evaluate()));
    } else {
      replay.run();
    }
    return task.losses().get().total();
  }

  @Override
  public Handover.Moments moments() {
    return null;
  }

  @Override
  public void resume(Handover.Moments moments) {
    // The curvature at another size says nothing here: a new mover has seen no step.
  }

  @Override
  public void close() {
    if (replay != null) {
      replay.close();
    }
  }
}
