package dev.nst.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;

/** Rows of a picture whose samples are colours: unsigned integers of up to 16 bits. */
final class BandRows extends PictureRows {
  private final int colours;
  private final boolean premultiplied;
  private final int max;
  private final ColourConversion conversion;

  /** For each band and every value in it the nearest one up to {@link #max}. */
  private final int[][] scaled;

  private final int[] components;
  private final int[] rgb;
  private final int[] alphas;

  BandRows(BufferedImage picture, FileColours fileColours) {
    super(picture.getRaster(), picture.getColorModel().hasAlpha(), isDeep(picture));
    ColorModel model = picture.getColorModel();
    colours = model.getNumColorComponents();
    premultiplied = alpha() && model.isAlphaPremultiplied();
    max = (1 << bits()) - 1;
    conversion = fileColours.conversion(model.getColorSpace(), max);
    scaled = new int[alpha() ? colours + 1 : colours][];
    for (int band = 0; band < scaled.length; band++) {
      scaled[band] = scaled(model.getComponentSize(band), max);
    }
    components = new int[colours * width()];
    rgb = new int[Image.CHANNELS * width()];
    alphas = new int[width()];
  }

  private static boolean isDeep(BufferedImage picture) {
    ColorModel model = picture.getColorModel();
    boolean deep = false;
    for (int band = 0; band < model.getNumColorComponents(); band++) {
      deep |= model.getComponentSize(band) > 8;
    }
    return deep;
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
  void convert(int[] raw, int bands, int[] to) {
    int width = width();
    for (int x = 0; x < width; x++) {
      for (int band = 0; band < colours; band++) {
        components[colours * x + band] = scaled[band][raw[bands * x + band]];
      }
      if (alpha()) {
        alphas[x] = scaled[colours][raw[bands * x + colours]];
      }
    }
    if (premultiplied) {
      for (int i = 0; i < components.length; i++) {
        components[i] = Premultiplied.divide(components[i], alphas[i / colours], max);
      }
    }
    conversion.convert(components, width, alpha() ? rgb : to);
    if (alpha()) {
      interleave(rgb, alphas, width, to);
    }
  }
}
