package dev.nst.autograd;

import dev.nst.tensor.Tensor;

/**
 * What the {@link Tape} remembers of one operation: the values it saved, and how it passes a
 * gradient on.
 *
 * <p>One file per operation in {@code dev.nst.autograd.op}: a static {@code apply} that checks
 * shapes, runs the forward kernel and records; a record with exactly what backward needs; and
 * backward.
 */
public interface Op {

  /**
   * Contributes to the gradients of the operation's inputs, through {@link Tape#contribute}.
   *
   * @param tape the tape that is being walked back
   * @param gradOutput gradient of the final value with respect to this operation's output;
   *     undefined afterwards, so an operation may use it as working space
   */
  void backward(Tape tape, Tensor gradOutput);
}
