package dev.nst.image;

/** Reads a decoded picture row by row in the form of {@link Pixels}. */
abstract sealed class PictureRows permits BandRows, PaletteRows {
  private final RowSamples source;
  private final int width;
  private final int bands;
  private final boolean alpha;
  private final int bits;
  private final int[] samples;

  /**
   * Rows of a picture.
   *
   * @param bands samples of each pixel in {@code source}
   * @param deep whether they are worth more than 8 bits
   */
  PictureRows(RowSamples source, int width, int bands, boolean alpha, boolean deep) {
    this.source = source;
    this.width = width;
    this.bands = bands;
    this.alpha = alpha;
    // The resize multiplies colours with alpha, for which 8 bits are too few.
    this.bits = alpha || deep ? 16 : 8;
    this.samples = new int[bands * width];
  }

  /** Copies row {@code y} into {@code to}: {@link #channels} samples of each pixel. */
  final void read(int y, int[] to) {
    source.read(y, samples);
    convert(samples, bands, to);
  }

  /**
   * Converts one row.
   *
   * @param raw samples of the picture, that many bands of each pixel
   * @param to receives the row as {@link #read} promises it
   */
  abstract void convert(int[] raw, int bands, int[] to);

  final boolean alpha() {
    return alpha;
  }

  /** 3, or 4 with alpha. */
  final int channels() {
    return alpha ? Pixels.WITH_ALPHA : Image.CHANNELS;
  }

  /** Bits of a sample, 8 or 16. */
  final int bits() {
    return bits;
  }

  final int width() {
    return width;
  }

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
