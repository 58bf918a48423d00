package dev.nst.transfer;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.Replay;
import dev.nst.optim.Adam;
import dev.nst.recipe.Optimizer;
import dev.nst.tensor.Tensor;

/** Steps of Adam, recorded once and replayed: the host waits for nothing. */
final class AdamMover implements Mover {

  private final Backend backend;
  private final Adam adam;
  private final Runnable step;
  private Replay replay;

  AdamMover(Optimizer.Adam parameters, Task task, Runnable clamp, Runnable average) {
    backend = task.backend();
    adam =
        new Adam(
            backend,
            task.session(),
            task.image().shape(),
            new AdamParameters(
                parameters.learningRate(),
                parameters.beta1(),
                parameters.beta2(),
                parameters.epsilon()));
    step =
        () -> {
          Tensor gradient = task.gradient().evaluate();
          adam.step(task.image(), gradient, task.scaler().apply());
          clamp.run();
          average.run();
        };
  }

  @Override
  public void iterate() {
    if (replay == null) {
      replay = backend.record(step);
    } else {
      replay.run();
    }
  }

  @Override
  public Handover.Moments moments() {
    return new Handover.Moments(
        Handover.download(backend, adam.firstMoment()),
        Handover.download(backend, adam.secondMoment()),
        Handover.download(backend, adam.count()));
  }

  @Override
  public void resume(Handover.Moments moments) {
    backend.upload(adam.firstMoment(), moments.first());
    backend.upload(adam.secondMoment(), moments.second());
    backend.upload(adam.count(), moments.count());
  }

  @Override
  public void close() {
    if (replay != null) {
      replay.close();
    }
  }
}
