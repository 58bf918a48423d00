package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Tensor;

/**
 * {@link Conv2d} and {@link Relu} in one pass. Saves only its output: the gradient passes where
 * that is above zero.
 */
public record Conv2dBiasRelu(Variable x, ConvFilter filter, Tensor y) implements Op {

  /**
   * Returns {@code max(conv(x) + bias, 0)}.
   *
   * @param x {@code [N, C, H, W]}
   * @param filter {@code [K, C, 3, 3]} with bias {@code [K]}
   * @return {@code [N, K, H, W]}
   * @throws IllegalArgumentException if C differs
   */
  public static Variable apply(Tape tape, Variable x, ConvFilter filter) {
    Tensor y = tape.allocateFeatures(Conv2d.outputShape("Conv2dBiasRelu", x, filter));
    tape.backend().conv3x3Relu(y, x.value(), filter);
    return tape.record(y, new Conv2dBiasRelu(x, filter, y), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().conv3x3ReluBackward(dx, gradOutput, y, filter));
  }
}
