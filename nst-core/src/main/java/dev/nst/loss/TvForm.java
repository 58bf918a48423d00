package dev.nst.loss;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.SquaredVariation;
import dev.nst.autograd.op.TotalVariation;
import dev.nst.tensor.Shape;

/** What "total variation" means: every system of the field has another formula for it. */
public enum TvForm {

  /** {@code mean |dx| + mean |dy|}, of the recipe {@code gatys}. */
  MEAN_ABSOLUTE {
    @Override
    Variable apply(Tape tape, Variable image, double weight) {
      return TotalVariation.apply(tape, image, (float) weight, (float) weight);
    }
  },

  /** {@code sum |dx| + sum |dy|}, of neural-style-pt. */
  SUM_ABSOLUTE {
    @Override
    Variable apply(Tape tape, Variable image, double weight) {
      Shape s = image.shape();
      double planes = (double) s.n() * s.c();
      return TotalVariation.apply(
          tape,
          image,
          (float) (weight * planes * s.h() * (s.w() - 1)),
          (float) (weight * planes * (s.h() - 1) * s.w()));
    }
  },

  /**
   * {@code sum dx^2 + sum dy^2}. jcjohnson's neural-style adds half of its gradient and leaves out
   * the pairs along the last row and column: its weight w is w / 2 here.
   */
  SUM_SQUARED {
    @Override
    Variable apply(Tape tape, Variable image, double weight) {
      return SquaredVariation.apply(tape, image, (float) weight, 0);
    }
  },

  /**
   * {@code 2 * (mean dx^2 / 3 + mean dy^2 / 3 + mean d1^2 / 12 + mean d2^2 / 12)} on the picture
   * padded by one replicated pixel, d1 and d2 being the differences along both diagonals: the
   * nine-point stencil of crowsonkb/style-transfer-pytorch. There the straight means are over
   * {@code H * W} differences a channel, one of each row and column being zero, and the diagonal
   * ones over {@code (H + 1) * (W + 1)}.
   */
  NINE_POINT {
    @Override
    Variable apply(Tape tape, Variable image, double weight) {
      Shape s = image.shape();
      double planes = (double) s.n() * s.c();
      return SquaredVariation.apply(
          tape,
          image,
          (float) (2 * weight / (3 * planes * s.h() * s.w())),
          (float) (2 * weight / (12 * planes * (s.h() + 1) * (s.w() + 1))));
    }
  };

  /** Returns {@code weight} times this form of {@code image}'s variation, a float32 scalar. */
  abstract Variable apply(Tape tape, Variable image, double weight);
}
