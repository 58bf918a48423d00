package dev.nst.model;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.ReplicatedConv2dBiasRelu;
import dev.nst.backend.ConvFilter;

/** What the first convolution sees beyond the picture's edge; all others see zeros. */
public enum Padding {
  /** Zeros: in a normalised picture a grey, as VGG-19 was trained. */
  ZERO {
    @Override
    Variable convolve(Tape tape, Variable image, ConvFilter filter) {
      return Conv2dBiasRelu.apply(tape, image, filter);
    }
  },
  /** The nearest pixel, so that the frame is no edge: crowsonkb/style-transfer-pytorch. */
  REPLICATE {
    @Override
    Variable convolve(Tape tape, Variable image, ConvFilter filter) {
      return ReplicatedConv2dBiasRelu.apply(tape, image, filter);
    }
  };

  abstract Variable convolve(Tape tape, Variable image, ConvFilter filter);
}
