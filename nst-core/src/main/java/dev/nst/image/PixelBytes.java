package dev.nst.image;

import java.awt.image.ColorModel;
import java.awt.image.SampleModel;
import javax.imageio.ImageTypeSpecifier;

/**
 * What one pixel of a file takes in memory, in bytes.
 *
 * @param decoded while it is decoded
 * @param integers as {@link Pixels}
 * @param floats as {@link Image}
 */
record PixelBytes(int decoded, int integers, int floats) {

  /** What decoders take when they do not say. */
  private static final int UNKNOWN_DECODED = 4;

  /**
   * For a decoder's result.
   *
   * @param type of the result; null if the decoder does not know it yet
   * @param beside what the decoder takes beside its result
   */
  static PixelBytes of(ImageTypeSpecifier type, int beside) {
    if (type == null) {
      return new PixelBytes(UNKNOWN_DECODED + beside, Image.CHANNELS, Float.BYTES * Image.CHANNELS);
    }
    ColorModel model = type.getColorModel();
    SampleModel samples = type.getSampleModel();
    int bits = 0;
    int deepest = 0;
    for (int band = 0; band < samples.getNumBands(); band++) {
      bits += samples.getSampleSize(band);
      deepest = Math.max(deepest, samples.getSampleSize(band));
    }
    int channels = model.hasAlpha() ? Pixels.WITH_ALPHA : Image.CHANNELS;
    int sample = deepest > 8 || model.hasAlpha() ? Short.BYTES : Byte.BYTES;
    return new PixelBytes((bits + 7) / 8 + beside, channels * sample, Float.BYTES * channels);
  }
}
