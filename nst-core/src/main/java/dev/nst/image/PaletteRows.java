package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Rows of a picture whose samples are numbers of colours. */
final class PaletteRows implements PictureRows {
  private final Raster raster;
  private final int channels;
  private final int bits;

  /** The colours in the form of a row, one after the other. */
  private final int[] palette;

  private final int[] samples;

  PaletteRows(Raster raster, IndexColorModel model, FileColours colours) {
    this.raster = raster;
    this.channels = model.hasAlpha() ? Pixels.WITH_ALPHA : Image.CHANNELS;
    this.bits = model.hasAlpha() ? 16 : 8;
    this.samples = new int[raster.getWidth() * raster.getNumBands()];
    // A damaged file may name colours past the end of its palette; they are black.
    this.palette = new int[channels << model.getPixelSize()];
    int size = model.getMapSize();
    int[] rgb = new int[Image.CHANNELS * size];
    int[] alpha = new int[size];
    int scale = bits == 8 ? 1 : 257;
    for (int i = 0; i < size; i++) {
      rgb[Image.CHANNELS * i] = model.getRed(i) * scale;
      rgb[Image.CHANNELS * i + 1] = model.getGreen(i) * scale;
      rgb[Image.CHANNELS * i + 2] = model.getBlue(i) * scale;
      alpha[i] = model.getAlpha(i) * scale;
    }
    colours
        .conversion(ColorSpace.getInstance(ColorSpace.CS_sRGB), 255 * scale)
        .convert(rgb.clone(), size, rgb);
    if (model.hasAlpha()) {
      PictureRows.interleave(rgb, alpha, size, palette);
    } else {
      System.arraycopy(rgb, 0, palette, 0, rgb.length);
    }
  }

  @Override
  public int channels() {
    return channels;
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
      System.arraycopy(palette, channels * samples[bands * x], to, channels * x, channels);
    }
  }
}
