package dev.nst.image;

/** Colours multiplied by their alpha, so that means of them weigh a pixel by how much it shows. */
final class Premultiplied {
  private Premultiplied() {}

  /** A colour times its alpha; all from 0 to {@code max}. */
  static int multiply(int colour, int alpha, int max) {
    return (int) (((long) colour * alpha + max / 2) / max);
  }

  /** The colour that {@link #multiply} made this from; black where nothing shows. */
  static int divide(int multiplied, int alpha, int max) {
    return alpha == 0 ? 0 : (int) Math.min(max, ((long) multiplied * max + alpha / 2) / alpha);
  }
}
