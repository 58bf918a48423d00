package dev.nst.optim;

import dev.nst.tensor.Tensor;

/** What an optimiser that looks at the loss minimises. */
@FunctionalInterface
public interface Evaluation {

  /**
   * Evaluates the loss and its gradient at the optimised tensor's present values.
   *
   * @param gradient float32, of the shape of the optimised tensor, to be written; the same tensor
   *     at every call, so that a recorded evaluation can be replayed
   * @return the loss
   */
  double evaluate(Tensor gradient);
}
