package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import java.util.List;

/** The style loss of one layer against a target captured before. */
@FunctionalInterface
public interface StyleLoss {

  /**
   * Returns the weighted loss, a float32 scalar.
   *
   * @param features {@code [1, C, H, W]}
   */
  Variable apply(Tape tape, Variable features);

  /**
   * Returns the sum of some losses.
   *
   * @param terms one at least
   */
  static StyleLoss sum(List<StyleLoss> terms) {
    return (tape, features) ->
        terms.stream()
            .map(term -> term.apply(tape, features))
            .reduce((a, b) -> Add.apply(tape, a, b))
            .orElseThrow();
  }
}
