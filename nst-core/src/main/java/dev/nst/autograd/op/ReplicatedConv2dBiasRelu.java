package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Tensor;

/**
 * {@link Conv2dBiasRelu} of an image that continues beyond its edge with its nearest pixel instead
 * of zeros. Saves only its output. Backends that do not have it convolve the padded image, whose
 * own padding of zeros reaches only the outermost positions of the result, and those are cut off.
 */
public record ReplicatedConv2dBiasRelu(Variable x, ConvFilter filter, Tensor y) implements Op {

  /**
   * Returns {@code max(conv(x) + bias, 0)}.
   *
   * @param x float32 {@code [N, C, H, W]}
   * @param filter {@code [K, C, 3, 3]} with bias {@code [K]}
   * @return {@code [N, K, H, W]}
   * @throws IllegalArgumentException if C differs
   */
  public static Variable apply(Tape tape, Variable x, ConvFilter filter) {
    if (!tape.backend().replicatesEdges(filter.inChannels())) {
      Variable padded = ReplicateEdges.apply(tape, x);
      Variable wide = Conv2dBiasRelu.apply(tape, padded, filter);
      padded.releaseIfUnused();
      Variable result = CropEdges.apply(tape, wide);
      wide.releaseIfUnused();
      return result;
    }
    Tensor y = tape.allocateFeatures(Conv2d.outputShape("ReplicatedConv2dBiasRelu", x, filter));
    tape.backend().conv3x3ReluReplicated(y, x.value(), filter);
    return tape.record(y, new ReplicatedConv2dBiasRelu(x, filter, y), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(
        x, dx -> tape.backend().conv3x3ReluReplicatedBackward(dx, gradOutput, y, filter));
  }
}
