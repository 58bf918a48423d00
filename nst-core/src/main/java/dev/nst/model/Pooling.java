package dev.nst.model;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.L2Pool2d;
import dev.nst.autograd.op.MaxPool2d;

/** How the network halves its maps between blocks. */
public enum Pooling {
  /** Maximum of 2x2, as VGG-19 was trained. */
  MAX("max") {
    @Override
    Variable apply(Tape tape, Variable x) {
      return MaxPool2d.apply(tape, x, MAX_SCALE);
    }
  },
  /**
   * Mean of 2x2, which Gatys et al. 2015 found to give slightly more appealing results, times 2: a
   * factor that brings the mean activation near that of max-pooling.
   */
  AVERAGE("avg") {
    @Override
    Variable apply(Tape tape, Variable x) {
      return AveragePool2d.apply(tape, x, 2);
    }
  },
  /**
   * Root of the sum of squares of 2x2, times 0.78, which brings the mean activation near that of
   * max-pooling: the third choice of crowsonkb/style-transfer-pytorch.
   */
  L2("l2") {
    @Override
    Variable apply(Tape tape, Variable x) {
      return L2Pool2d.apply(tape, x, 0.78f);
    }
  };

  /** Factor on the maximum. */
  static final float MAX_SCALE = 1;

  private final String id;

  Pooling(String id) {
    this.id = id;
  }

  /** Returns the name that users write: {@code max}, {@code avg} or {@code l2}. */
  public String id() {
    return id;
  }

  abstract Variable apply(Tape tape, Variable x);

  /**
   * Returns the pooling of that name.
   *
   * @throws NstException if there is none
   */
  public static Pooling of(String id) {
    for (Pooling pooling : values()) {
      if (pooling.id.equals(id)) {
        return pooling;
      }
    }
    throw new NstException("There is no pooling '" + id + "'; choose max, avg or l2.");
  }
}
