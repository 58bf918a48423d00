package dev.nst.image;

/**
 * A picture in integers, the form that files have and that the resize works on: a quarter to a half
 * of the memory of an {@link Image}.
 *
 * <p>Samples are interleaved, row by row: sample {@code channels * (y * W + x) + channel}, sRGB, of
 * 8 or 16 bits, from 0 to {@link #max()}. A fourth channel is alpha; colours are not multiplied by
 * it.
 */
final class Pixels {
  /** Red, green, blue and alpha. */
  static final int WITH_ALPHA = Image.CHANNELS + 1;

  private final Dimensions size;
  private final int channels;

  /** The samples, in one of the two. */
  private final byte[] bytes;

  private final short[] shorts;

  private Pixels(Dimensions size, int channels, byte[] bytes, short[] shorts) {
    this.size = size;
    this.channels = channels;
    this.bytes = bytes;
    this.shorts = shorts;
  }

  /** Black, transparent if there is alpha. */
  static Pixels allocate(Dimensions size, int channels, int bits) {
    int length = Math.toIntExact(channels * size.pixels());
    return bits == 8
        ? new Pixels(size, channels, new byte[length], null)
        : new Pixels(size, channels, null, new short[length]);
  }

  /** Opaque colours of 8 bits; takes over {@code samples}, which are not copied. */
  static Pixels rgb8(int width, int height, byte[] samples) {
    return new Pixels(new Dimensions(width, height), Image.CHANNELS, samples, null);
  }

  /**
   * Quantises to as few bits as the picture allows: 8 if it is opaque and all its values are
   * multiples of 1/255, as those of 8-bit files are, and else 16.
   */
  static Pixels of(Image image) {
    return of(image, !image.hasAlpha() && hasEightBits(image.values()) ? 8 : 16);
  }

  private static boolean hasEightBits(float[] values) {
    for (float value : values) {
      if (quantise(value, 255) / 255f != value) {
        return false;
      }
    }
    return true;
  }

  /** Quantises: limits to [0, 1], rounds to the nearest step, turns NaN into 0. */
  static Pixels of(Image image, int bits) {
    int channels = image.hasAlpha() ? WITH_ALPHA : Image.CHANNELS;
    Pixels result = allocate(image.dimensions(), channels, bits);
    int plane = image.width() * image.height();
    for (int channel = 0; channel < Image.CHANNELS; channel++) {
      result.quantise(image.values(), channel * plane, channel);
    }
    if (image.hasAlpha()) {
      result.quantise(image.alphaValues(), 0, Image.CHANNELS);
    }
    return result;
  }

  private void quantise(float[] plane, int from, int channel) {
    int max = max();
    int pixels = (int) size.pixels();
    for (int pixel = 0; pixel < pixels; pixel++) {
      set(channels * pixel + channel, quantise(plane[from + pixel], max));
    }
  }

  private static int quantise(float value, int max) {
    return Math.max(0, Math.min(max, Math.round(value * max)));
  }

  /**
   * The same picture without alpha that is opaque everywhere and without bits that hold nothing, so
   * that what is worth 8 bits of RGB is treated as such, however the file stores it.
   */
  Pixels simplest() {
    if (bits() == 8) {
      return this;
    }
    boolean opaque = true;
    boolean eightBits = true;
    for (int i = 0; i < shorts.length; i++) {
      if (i % channels == Image.CHANNELS) {
        opaque &= get(i) == max();
      } else {
        eightBits &= get(i) % 257 == 0;
      }
    }
    if (!opaque || !hasAlpha() && !eightBits) {
      return this;
    }
    Pixels result = allocate(size, Image.CHANNELS, eightBits ? 8 : 16);
    int pixels = (int) size.pixels();
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < Image.CHANNELS; channel++) {
        int sample = get(channels * pixel + channel);
        result.set(Image.CHANNELS * pixel + channel, eightBits ? sample / 257 : sample);
      }
    }
    return result;
  }

  /** The same picture as floats k/255 or k/65535. */
  Image toImage() {
    int plane = (int) size.pixels();
    float[] values = new float[Image.CHANNELS * plane];
    for (int channel = 0; channel < Image.CHANNELS; channel++) {
      toFloats(channel, values, channel * plane);
    }
    Image image = Image.wrap(size.width(), size.height(), values);
    if (!hasAlpha()) {
      return image;
    }
    float[] alpha = new float[plane];
    toFloats(Image.CHANNELS, alpha, 0);
    return image.withAlpha(alpha);
  }

  private void toFloats(int channel, float[] plane, int to) {
    float max = max();
    int pixels = (int) size.pixels();
    for (int pixel = 0; pixel < pixels; pixel++) {
      plane[to + pixel] = get(channels * pixel + channel) / max;
    }
  }

  Dimensions size() {
    return size;
  }

  int width() {
    return size.width();
  }

  int height() {
    return size.height();
  }

  int channels() {
    return channels;
  }

  boolean hasAlpha() {
    return channels == WITH_ALPHA;
  }

  /** Bits of a sample, 8 or 16. */
  int bits() {
    return bytes != null ? 8 : 16;
  }

  /** White, or opaque: 255 or 65535. */
  int max() {
    return bytes != null ? 255 : 65535;
  }

  int get(int index) {
    return bytes != null ? bytes[index] & 0xff : shorts[index] & 0xffff;
  }

  void set(int index, int sample) {
    if (bytes != null) {
      bytes[index] = (byte) sample;
    } else {
      shorts[index] = (short) sample;
    }
  }

  /** Copies row {@code y} into {@code to}, {@code channels * W} samples. */
  void readRow(int y, int[] to) {
    int length = channels * width();
    int from = y * length;
    for (int i = 0; i < length; i++) {
      to[i] = get(from + i);
    }
  }

  /** Copies {@code from}, {@code channels * W} samples, into row {@code y}. */
  void writeRow(int y, int[] from) {
    int length = channels * width();
    int to = y * length;
    for (int i = 0; i < length; i++) {
      set(to + i, from[i]);
    }
  }
}
