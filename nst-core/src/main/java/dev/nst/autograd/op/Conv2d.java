package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * 3x3 convolution (cross-correlation) of stride 1 with one pixel of zero padding, plus bias. The
 * filter is frozen, so only the input gets a gradient and nothing of the input is kept.
 */
public record Conv2d(Variable x, ConvFilter filter) implements Op {

  /**
   * Returns the convolution of {@code x}.
   *
   * @param x {@code [N, C, H, W]}
   * @param filter {@code [K, C, 3, 3]} with bias {@code [K]}
   * @return {@code [N, K, H, W]}
   * @throws IllegalArgumentException if C differs
   */
  public static Variable apply(Tape tape, Variable x, ConvFilter filter) {
    Tensor y = tape.allocateFeatures(outputShape("Conv2d", x, filter));
    tape.backend().conv3x3(y, x.value(), filter);
    return tape.record(y, new Conv2d(x, filter), x);
  }

  static Shape outputShape(String operation, Variable x, ConvFilter filter) {
    if (x.shape().c() != filter.inChannels()) {
      throw new IllegalArgumentException(
          operation
              + ": the filter takes "
              + filter.inChannels()
              + " channels, the input is "
              + x.shape());
    }
    return x.shape().withChannels(filter.outChannels());
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(x, dx -> tape.backend().conv3x3Backward(dx, gradOutput, filter));
  }
}
