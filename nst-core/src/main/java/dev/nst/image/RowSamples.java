package dev.nst.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;

/** The samples of a decoded picture, row by row. */
@FunctionalInterface
interface RowSamples {

  /** Copies row {@code y} into {@code to}: the samples of its pixels, interleaved. */
  void read(int y, int[] to);

  /** Samples as they are. */
  static RowSamples of(Raster raster) {
    int x = raster.getMinX();
    int top = raster.getMinY();
    return (y, to) -> raster.getPixels(x, top + y, raster.getWidth(), 1, to);
  }

  /**
   * Samples of any kind as 16 bits, of which 65535 is what the picture's color model calls 1:
   * floats and integers that have signs or are longer. What lies outside of 0 to 1 is cut off, and
   * what is no number is 0. Colours are those before alpha multiplied them.
   */
  static RowSamples in16Bits(BufferedImage picture) {
    ColorModel model = picture.getColorModel();
    Raster raster = picture.getRaster();
    float[] components = new float[model.getNumComponents()];
    return (y, to) -> {
      Object pixel = null;
      int next = 0;
      for (int x = 0; x < raster.getWidth(); x++) {
        pixel = raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, pixel);
        model.getNormalizedComponents(pixel, components, 0);
        for (float component : components) {
          to[next++] = Math.round(65535 * Math.max(0, Math.min(1, component)));
        }
      }
    };
  }
}
