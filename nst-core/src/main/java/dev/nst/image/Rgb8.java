package dev.nst.image;

/**
 * A picture in 8-bit sRGB, the form that files have and that the resize works on: a quarter of the
 * memory of an {@link Image}.
 *
 * <p>Samples are interleaved: {@code samples[3 * (y * W + x) + channel]}, unsigned.
 */
final class Rgb8 {
  private final int width;
  private final int height;
  private final byte[] samples;

  /** Takes over {@code samples}, which are not copied. */
  Rgb8(int width, int height, byte[] samples) {
    this.width = width;
    this.height = height;
    this.samples = samples;
  }

  /** Quantises: limits to [0, 1], rounds to the nearest 255th, turns NaN into 0. */
  static Rgb8 of(Image image) {
    float[] values = image.values();
    int plane = image.width() * image.height();
    byte[] samples = new byte[values.length];
    for (int channel = 0; channel < Image.CHANNELS; channel++) {
      int from = channel * plane;
      for (int pixel = 0; pixel < plane; pixel++) {
        samples[Image.CHANNELS * pixel + channel] = quantise(values[from + pixel]);
      }
    }
    return new Rgb8(image.width(), image.height(), samples);
  }

  private static byte quantise(float value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value * 255f)));
  }

  /** The same picture as floats k/255. */
  Image toImage() {
    float[] values = new float[samples.length];
    int plane = width * height;
    for (int channel = 0; channel < Image.CHANNELS; channel++) {
      int to = channel * plane;
      for (int pixel = 0; pixel < plane; pixel++) {
        values[to + pixel] = (samples[Image.CHANNELS * pixel + channel] & 0xff) / 255f;
      }
    }
    return Image.wrap(width, height, values);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  Dimensions dimensions() {
    return new Dimensions(width, height);
  }

  /** The samples themselves, not a copy. */
  byte[] samples() {
    return samples;
  }
}
