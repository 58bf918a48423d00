package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Rows of a picture whose samples are numbers of colours. */
final class PaletteRows extends PictureRows {
  /** The colours in the form of a row, one after the other. */
  private final int[] palette;

  PaletteRows(Raster raster, IndexColorModel model, FileColours colours) {
    super(RowSamples.of(raster), raster.getWidth(), raster.getNumBands(), model.hasAlpha(), false);
    // A damaged file may name colours past the end of its palette; they are black.
    palette = new int[channels() << model.getPixelSize()];
    int size = model.getMapSize();
    int[] rgb = new int[Image.CHANNELS * size];
    int[] alpha = new int[size];
    int scale = bits() == 8 ? 1 : 257;
    for (int i = 0; i < size; i++) {
      rgb[Image.CHANNELS * i] = model.getRed(i) * scale;
      rgb[Image.CHANNELS * i + 1] = model.getGreen(i) * scale;
      rgb[Image.CHANNELS * i + 2] = model.getBlue(i) * scale;
      alpha[i] = model.getAlpha(i) * scale;
    }
    colours
        .conversion(ColorSpace.getInstance(ColorSpace.CS_sRGB), 255 * scale)
        .convert(rgb.clone(), size, rgb);
    if (alpha()) {
      interleave(rgb, alpha, size, palette);
    } else {
      System.arraycopy(rgb, 0, palette, 0, rgb.length);
    }
  }

  @Override
  void convert(int[] raw, int bands, int[] to) {
    int channels = channels();
    for (int x = 0; x < width(); x++) {
      System.arraycopy(palette, channels * raw[bands * x], to, channels * x, channels);
    }
  }
}
