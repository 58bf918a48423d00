package dev.nst.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;

/** Conversion between the JDK's pictures, of any colour model, and sRGB. */
final class BufferedImages {
  private BufferedImages() {}

  static BufferedImage of(Pixels picture) {
    BufferedImage result = empty(picture);
    WritableRaster raster = result.getRaster();
    int[] row = new int[picture.channels() * picture.width()];
    for (int y = 0; y < picture.height(); y++) {
      picture.readRow(y, row);
      raster.setPixels(0, y, picture.width(), 1, row);
    }
    return result;
  }

  private static BufferedImage empty(Pixels picture) {
    if (picture.bits() == 8) {
      int type = picture.hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
      return new BufferedImage(picture.width(), picture.height(), type);
    }
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            picture.hasAlpha(),
            false,
            picture.hasAlpha() ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(picture.width(), picture.height());
    return new BufferedImage(model, raster, false, null);
  }

  /**
   * By the rules of {@link Image#fromBufferedImage}; turns the picture upright on the way.
   *
   * @return 16 bits if a sample has more than 8 or there is alpha, which the resize multiplies with
   */
  static Pixels toPixels(BufferedImage picture, FileColours colours, Orientation orientation) {
    PictureRows rows = rows(picture, colours);
    Dimensions stored = new Dimensions(picture.getWidth(), picture.getHeight());
    int channels = rows.channels();
    Pixels result = Pixels.allocate(orientation.upright(stored), channels, rows.bits());
    int[] row = new int[channels * stored.width()];
    int step = channels * orientation.uprightStep(stored);
    for (int y = 0; y < stored.height(); y++) {
      rows.read(y, row);
      int to = channels * orientation.uprightIndex(stored, 0, y);
      for (int from = 0; from < row.length; from += channels) {
        for (int channel = 0; channel < channels; channel++) {
          result.set(to + channel, row[from + channel]);
        }
        to += step;
      }
    }
    return result;
  }

  private static PictureRows rows(BufferedImage picture, FileColours colours) {
    if (picture.getColorModel() instanceof IndexColorModel palette) {
      return new PaletteRows(picture.getRaster(), palette, colours);
    }
    if (!hasKnownColours(picture.getColorModel())) {
      return BandRows.of(toSrgb(picture), colours);
    }
    return hasPlainSamples(picture.getColorModel())
        ? BandRows.of(picture, colours)
        : BandRows.in16Bits(picture, colours);
  }

  private static boolean hasKnownColours(ColorModel model) {
    ColorSpace space = model.getColorSpace();
    return space instanceof ICC_ColorSpace || space.getType() == ColorSpace.TYPE_CMYK;
  }

  /** Whether the samples are unsigned integers of up to 16 bits. */
  private static boolean hasPlainSamples(ColorModel model) {
    int type = model.getTransferType();
    boolean plain =
        type == DataBuffer.TYPE_BYTE
            || type == DataBuffer.TYPE_USHORT
            || type == DataBuffer.TYPE_INT;
    for (int bits : model.getComponentSize()) {
      plain &= bits >= 1 && bits <= 16;
    }
    return plain;
  }

  /** Rare kinds of colours, to 8 bits. */
  private static BufferedImage toSrgb(BufferedImage picture) {
    int type =
        picture.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    BufferedImage result = new BufferedImage(picture.getWidth(), picture.getHeight(), type);
    return new ColorConvertOp(null).filter(picture, result);
  }
}
