package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * {@link Conv2dBiasRelu} and {@link MaxPool2d} in one pass, on backends that fuse them. Saves only
 * the switches, which say where each window's maximum was and whether the ReLU let it through.
 */
public record Conv2dBiasReluMaxPool(Variable x, ConvFilter filter, Tensor switches, float scale)
    implements Op {

  /**
   * Returns the pooled features.
   *
   * @param x {@code [N, C, H, W]} with H and W at least 2; an odd last row or column of the map is
   *     dropped
   * @param filter {@code [K, C, 3, 3]} with bias {@code [K]}, of channels for which the backend
   *     {@linkplain dev.nst.backend.Backend#fusesMaxPool fuses}
   * @param scale factor on the output
   * @return {@code [N, K, H/2, W/2]}
   * @throws IllegalArgumentException if C differs
   */
  public static Variable apply(Tape tape, Variable x, ConvFilter filter, float scale) {
    Shape pooled = Conv2d.outputShape("Conv2dBiasReluMaxPool", x, filter).pooled();
    Tensor y = tape.allocateFeatures(pooled);
    Tensor switches = tape.allocateFeatures(pooled);
    tape.backend().conv3x3ReluMaxPool(y, switches, x.value(), filter, scale);
    if (!x.requiresGradient()) {
      switches.release();
    }
    return tape.record(y, new Conv2dBiasReluMaxPool(x, filter, switches, scale), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    tape.contributeNew(
        x,
        dx -> tape.backend().conv3x3ReluMaxPoolBackward(dx, gradOutput, switches, filter, scale));
    switches.release();
  }
}
