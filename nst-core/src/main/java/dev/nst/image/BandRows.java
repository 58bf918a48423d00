package dev.nst.image;

import static java.awt.image.DataBuffer.TYPE_USHORT;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;

/** Rows of a picture whose samples are colours. */
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

  private BandRows(
      RowSamples source, int width, int bands, ColorModel model, FileColours fileColours) {
    super(source, width, bands, model.hasAlpha(), isDeep(model));
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

  /** Rows of unsigned integers of up to 16 bits. */
  static BandRows of(BufferedImage picture, FileColours fileColours) {
    Raster raster = picture.getRaster();
    ColorModel model = picture.getColorModel();
    return new BandRows(
        RowSamples.of(raster), raster.getWidth(), raster.getNumBands(), model, fileColours);
  }

  /** Rows of samples of any other kind, see {@link RowSamples#in16Bits}. */
  static BandRows in16Bits(BufferedImage picture, FileColours fileColours) {
    ColorModel own = picture.getColorModel();
    ColorModel deep =
        new ComponentColorModel(
            own.getColorSpace(), own.hasAlpha(), false, own.getTransparency(), TYPE_USHORT);
    RowSamples source = RowSamples.in16Bits(picture);
    return new BandRows(source, picture.getWidth(), own.getNumComponents(), deep, fileColours);
  }

  private static boolean isDeep(ColorModel model) {
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
