package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.tensor.Tensor;

/** Per-channel affine map {@code factor[c] * x + offset[c]} of an image. Saves only the factors. */
public record Normalize(Variable x, float[] factor) implements Op {

  /**
   * Returns the mapped image; {@code (x - mean) / std} is {@code factor = 1 / std, offset = -mean /
   * std}.
   *
   * @param x float32 {@code [N, C, H, W]}
   * @param factor {@code [C]}
   * @param offset {@code [C]}
   * @return float32, same shape
   */
  public static Variable apply(Tape tape, Variable x, float[] factor, float[] offset) {
    int channels = x.shape().c();
    if (factor.length != channels || offset.length != channels) {
      throw new IllegalArgumentException(
          "Normalize: "
              + channels
              + " channels need as many factors and offsets, got "
              + factor.length
              + " and "
              + offset.length);
    }
    Tensor y = tape.allocate(x.shape());
    tape.backend().affineChannels(y, x.value(), factor, offset);
    return tape.record(y, new Normalize(x, factor.clone()), x);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    float[] noOffset = new float[factor.length];
    tape.contributeNew(x, dx -> tape.backend().affineChannels(dx, gradOutput, factor, noOffset));
  }
}
