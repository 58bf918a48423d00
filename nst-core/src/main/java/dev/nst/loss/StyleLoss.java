package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;

/** The style loss of one layer against a target captured before. */
@FunctionalInterface
public interface StyleLoss {

  /**
   * Returns the weighted loss, a float32 scalar.
   *
   * @param features {@code [1, C, H, W]}
   */
  Variable apply(Tape tape, Variable features);
}
