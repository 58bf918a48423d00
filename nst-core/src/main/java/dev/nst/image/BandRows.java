package dev.nst.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;

/** Rows of a picture whose samples are colours: unsigned integers of up to 16 bits. */
final class BandRows implements PictureRows {
  private final Raster raster;
  private final int colours;
  private final boolean alpha;
  private final boolean premultiplied;
  private final int bits;
  private final int max;
  private final ColourConversion conversion;

  /** For each band and every value in it the nearest one of {@link #bits}. */
  private final int[][] scaled;

  private final int[] samples;
  private final int[] components;
  private final int[] rgb;
  private final int[] alphas;

  BandRows(BufferedImage picture, FileColours fileColours) {
    ColorModel model = picture.getColorModel();
    raster = picture.getRaster();
    colours = model.getNumColorComponents();
    alpha = model.hasAlpha();
    premultiplied = alpha && model.isAlphaPremultiplied();
    int deepest = 0;
    for (int band = 0; band < colours; band++) {
      deepest = Math.max(deepest, model.getComponentSize(band));
    }
    bits = alpha || deepest > 8 ? 16 : 8;
    max = (1 << bits) - 1;
    conversion = fileColours.conversion(model.getColorSpace(), max);
    scaled = new int[alpha ? colours + 1 : colours][];
    for (int band = 0; band < scaled.length; band++) {
      scaled[band] = scaled(model.getComponentSize(band), max);
    }
    int width = raster.getWidth();
    samples = new int[raster.getNumBands() * width];
    components = new int[colours * width];
    rgb = new int[Image.CHANNELS * width];
    alphas = new int[width];
  }

  private static int[] scaled(int bits, int max) {
    int largest = (1 << bits) - 1;
    int[] table = new int[largest + 1];
    for (int value = 0; value <= largest; value++) {
      table[value] = (int) (((long) value * max + largest / 2) / largest);
    }
    return table;
  }

  @Override
  public int channels() {
    return alpha ? Pixels.WITH_ALPHA : Image.CHANNELS;
  }

  @Override
  public int bits() {
    return bits;
  }

  @Override
  public void read(int y, int[] to) {
    int width = raster.getWidth();
    raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
    int bands = raster.getNumBands();
    for (int x = 0; x < width; x++) {
      for (int band = 0; band < colours; band++) {
        components[colours * x + band] = scaled[band][samples[bands * x + band]];
      }
      if (alpha) {
        alphas[x] = scaled[colours][samples[bands * x + colours]];
      }
    }
    if (premultiplied) {
      divideByAlpha(width);
    }
    conversion.convert(components, width, alpha ? rgb : to);
    if (alpha) {
      PictureRows.interleave(rgb, alphas, width, to);
    }
  }

  private void divideByAlpha(int width) {
    for (int i = 0; i < colours * width; i++) {
      components[i] = Premultiplied.divide(components[i], alphas[i / colours], max);
    }
  }
}
