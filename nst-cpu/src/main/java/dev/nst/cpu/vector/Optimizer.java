package dev.nst.cpu.vector;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.LossScaling;
import dev.nst.cpu.HeapTensors;
import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loss scaling and Adam. */
final class Optimizer {

  private final HeapTensors memory;
  private final WorkerPool pool;

  Optimizer(HeapTensors memory, WorkerPool pool) {
    this.memory = memory;
    this.pool = pool;
  }

  /** See {@link Backend#unscale}. */
  void unscale(Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    float factor = memory.data(scale)[Layout.OFFSET];
    boolean finite = divide(memory.data(gradient), gradient.shape(), factor);
    float before = memory.data(streak)[Layout.OFFSET];
    LossScaling.State next = parameters.after(new LossScaling.State(factor, before), finite);
    memory.data(apply)[Layout.OFFSET] = finite ? 1 : 0;
    memory.data(streak)[Layout.OFFSET] = next.streak();
    memory.data(scale)[Layout.OFFSET] = next.scale();
  }

  /** Divides every number of {@code x} and returns whether all quotients are finite. */
  private boolean divide(float[] x, Shape s, float divisor) {
    int planeSize = Layout.planeSize(s);
    int planes = s.n() * Layout.planes(s);
    boolean blocked = Layout.isBlocked(s);
    AtomicBoolean finite = new AtomicBoolean(true);
    pool.parallelFor(
        planes,
        (plane, worker) -> {
          int lanes = blocked ? Layout.lanes(s.c(), plane % Layout.planes(s)) : Layout.BLOCK;
          int from = Layout.OFFSET + plane * planeSize;
          boolean all = true;
          for (int i = from; i < from + planeSize; i++) {
            x[i] /= divisor;
            // What is in lanes without a channel means nothing.
            all &= Float.isFinite(x[i]) || (i - from) % Layout.BLOCK >= lanes;
          }
          if (!all) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  /** See {@link Backend#adamStep}. */
  void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {
    if (memory.data(apply)[Layout.OFFSET] == 0) {
      return;
    }
    int steps = Math.round(++memory.data(count)[Layout.OFFSET]);
    AdamStep step = AdamStep.of(parameters, steps);
    float[] values = memory.data(x);
    float[] first = memory.data(m);
    float[] second = memory.data(v);
    float[] g = memory.data(gradient);
    TensorLoop.forEach(
        pool, x.shape(), (from, to) -> step.move(values, first, second, g, from, to));
  }
}
