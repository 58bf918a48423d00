package dev.nst.image;

import java.awt.image.Raster;

/** Reads a decoded picture row by row in the form of {@link Pixels}. */
abstract sealed class PictureRows permits BandRows, PaletteRows {
  private final Raster raster;
  private final boolean alpha;
  private final int bits;
  private final int[] samples;

  /**
   * Rows of a raster.
   *
   * @param deep whether its samples are worth more than 8 bits
   */
  PictureRows(Raster raster, boolean alpha, boolean deep) {
    this.raster = raster;
    this.alpha = alpha;
    // The resize multiplies colours with alpha, for which 8 bits are too few.
    this.bits = alpha || deep ? 16 : 8;
    this.samples = new int[raster.getNumBands() * raster.getWidth()];
  }

  /** Copies row {@code y} into {@code to}: {@link #channels} samples of each pixel. */
  final void read(int y, int[] to) {
    raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, samples);
    convert(samples, raster.getNumBands(), to);
  }

  /**
   * Converts one row.
   *
   * @param raw samples of the raster, that many bands of each pixel
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
    return raster.getWidth();
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
