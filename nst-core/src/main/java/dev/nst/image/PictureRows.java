package dev.nst.image;

/** Reads a decoded picture row by row in the form of {@link Pixels}. */
interface PictureRows {

  /** 3, or 4 with alpha. */
  int channels();

  /** Bits of a sample, 8 or 16. */
  int bits();

  /** Copies row {@code y} into {@code to}: {@link #channels} samples of each pixel. */
  void read(int y, int[] to);

  /** Puts three colours and an alpha of each pixel beside each other. */
  static void interleave(int[] rgb, int[] alpha, int pixels, int[] to) {
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < Image.CHANNELS; channel++) {
        to[Pixels.WITH_ALPHA * pixel + channel] = rgb[Image.CHANNELS * pixel + channel];
      }
      to[Pixels.WITH_ALPHA * pixel + Image.CHANNELS] = alpha[pixel];
    }
  }
}
