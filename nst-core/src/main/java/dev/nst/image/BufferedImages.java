package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Conversion between the JDK's pictures, of any colour model, and 8-bit sRGB. */
final class BufferedImages {
  private BufferedImages() {}

  /** Turns one row of raw samples, band by band within a pixel, into packed 0xRRGGBB. */
  @FunctionalInterface
  private interface RowDecoder {
    void decode(int[] samples, int[] rgb);
  }

  static BufferedImage fromRgb8(Rgb8 picture) {
    int width = picture.width();
    BufferedImage result = new BufferedImage(width, picture.height(), BufferedImage.TYPE_INT_RGB);
    byte[] samples = picture.samples();
    int[] row = new int[width];
    for (int y = 0; y < picture.height(); y++) {
      int from = Image.CHANNELS * y * width;
      for (int x = 0; x < width; x++) {
        int red = samples[from++] & 0xff;
        int green = samples[from++] & 0xff;
        int blue = samples[from++] & 0xff;
        row[x] = pack(red, green, blue);
      }
      result.getRaster().setDataElements(0, y, width, 1, row);
    }
    return result;
  }

  /** By the rules of {@link Image#fromBufferedImage}; turns the picture upright on the way. */
  static Rgb8 toRgb8(BufferedImage picture, Orientation orientation) {
    BufferedImage plain = hasPlainSamples(picture.getColorModel()) ? picture : toSrgb(picture);
    ColorModel model = plain.getColorModel();
    Raster raster = plain.getRaster();
    RowDecoder decoder =
        model instanceof IndexColorModel indexed ? paletteDecoder(indexed) : bandDecoder(model);
    Dimensions stored = new Dimensions(plain.getWidth(), plain.getHeight());
    Dimensions upright = orientation.upright(stored);
    byte[] result = new byte[Math.toIntExact(Image.CHANNELS * stored.pixels())];
    int[] samples = new int[stored.width() * raster.getNumBands()];
    int[] rgb = new int[stored.width()];
    int step = Image.CHANNELS * orientation.uprightStep(stored);
    for (int y = 0; y < stored.height(); y++) {
      raster.getPixels(0, y, stored.width(), 1, samples);
      decoder.decode(samples, rgb);
      int to = Image.CHANNELS * orientation.uprightIndex(stored, 0, y);
      for (int pixel : rgb) {
        result[to] = (byte) (pixel >> 16);
        result[to + 1] = (byte) (pixel >> 8);
        result[to + 2] = (byte) pixel;
        to += step;
      }
    }
    return new Rgb8(upright.width(), upright.height(), result);
  }

  /** Whether the raw samples are sRGB, grey or a palette, in unsigned integers of up to 16 bits. */
  private static boolean hasPlainSamples(ColorModel model) {
    if (model instanceof IndexColorModel) {
      return true;
    }
    ColorSpace space = model.getColorSpace();
    if (!space.isCS_sRGB() && space.getType() != ColorSpace.TYPE_GRAY) {
      return false;
    }
    int type = model.getTransferType();
    boolean unsigned =
        type == DataBuffer.TYPE_BYTE
            || type == DataBuffer.TYPE_USHORT
            || type == DataBuffer.TYPE_INT;
    for (int bits : model.getComponentSize()) {
      unsigned &= bits >= 1 && bits <= 16;
    }
    return unsigned;
  }

  private static BufferedImage toSrgb(BufferedImage picture) {
    int type =
        picture.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    BufferedImage result = new BufferedImage(picture.getWidth(), picture.getHeight(), type);
    return new ColorConvertOp(null).filter(picture, result);
  }

  private static RowDecoder paletteDecoder(IndexColorModel model) {
    int[] argb = new int[model.getMapSize()];
    model.getRGBs(argb);
    // A damaged file may name colours past the end of its palette; they are black.
    int[] palette = new int[1 << model.getPixelSize()];
    for (int i = 0; i < argb.length; i++) {
      int alpha = argb[i] >>> 24;
      int red = overWhite(argb[i] >> 16 & 0xff, alpha, false);
      int green = overWhite(argb[i] >> 8 & 0xff, alpha, false);
      int blue = overWhite(argb[i] & 0xff, alpha, false);
      palette[i] = pack(red, green, blue);
    }
    return (samples, rgb) -> {
      for (int x = 0; x < rgb.length; x++) {
        rgb[x] = palette[samples[x]];
      }
    };
  }

  private static RowDecoder bandDecoder(ColorModel model) {
    int bands = model.getNumComponents();
    int colours = model.getNumColorComponents();
    boolean premultiplied = model.isAlphaPremultiplied();
    int[][] toEightBits = new int[bands][];
    for (int band = 0; band < bands; band++) {
      toEightBits[band] = toEightBits(model.getComponentSize(band));
    }
    int greenBand = colours == 1 ? 0 : 1;
    int blueBand = colours == 1 ? 0 : 2;
    return (samples, rgb) -> {
      for (int x = 0; x < rgb.length; x++) {
        int at = x * bands;
        int red = toEightBits[0][samples[at]];
        int green = toEightBits[greenBand][samples[at + greenBand]];
        int blue = toEightBits[blueBand][samples[at + blueBand]];
        if (bands > colours) {
          int alpha = toEightBits[colours][samples[at + colours]];
          red = overWhite(red, alpha, premultiplied);
          green = overWhite(green, alpha, premultiplied);
          blue = overWhite(blue, alpha, premultiplied);
        }
        rgb[x] = pack(red, green, blue);
      }
    };
  }

  /** For every value of that many bits the nearest one of 8 bits. */
  private static int[] toEightBits(int bits) {
    int max = (1 << bits) - 1;
    int[] table = new int[max + 1];
    for (int value = 0; value <= max; value++) {
      table[value] = (value * 255 + max / 2) / max;
    }
    return table;
  }

  private static int overWhite(int colour, int alpha, boolean premultiplied) {
    int white = 255 - alpha;
    return premultiplied
        ? Math.min(255, colour + white)
        : (colour * alpha + 255 * white + 127) / 255;
  }

  private static int pack(int red, int green, int blue) {
    return red << 16 | green << 8 | blue;
  }
}
