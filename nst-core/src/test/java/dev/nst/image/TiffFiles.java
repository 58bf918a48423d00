package dev.nst.image;

import dev.nst.tensor.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;

/**
 * TIFFs of samples that no encoder at hand writes, after the TIFF 6.0 specification: one row in one
 * strip, little-endian, not compressed.
 */
final class TiffFiles {

  /** How a sample is stored. */
  enum Samples {
    UNSIGNED_16(1, 16, (out, value) -> out.putShort((short) Math.round(65535 * value))),
    UNSIGNED_32(1, 32, (out, value) -> out.putInt((int) Math.round(4294967295d * value))),
    SIGNED_16(2, 16, (out, value) -> out.putShort((short) Math.round(32767 * value))),
    HALF(3, 16, (out, value) -> out.putShort(HalfPrecision.floatToFloat16(value.floatValue()))),
    FLOAT_24(3, 24, (out, value) -> out.put(new byte[3])),
    FLOAT(3, 32, (out, value) -> out.putFloat(value.floatValue())),
    DOUBLE(3, 64, ByteBuffer::putDouble);

    private final int format;
    private final int bits;
    private final BiConsumer<ByteBuffer, Double> put;

    Samples(int format, int bits, BiConsumer<ByteBuffer, Double> put) {
      this.format = format;
      this.bits = bits;
      this.put = put;
    }
  }

  /** What a sample beyond the colours is, by its number in the specification. */
  enum Extra {
    NONE,
    ALPHA_MULTIPLIED_IN,
    ALPHA
  }

  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int UNDEFINED = 7;

  private TiffFiles() {}

  /** A file without a profile. */
  static byte[] of(Samples kind, int channels, Extra extra, double... values) {
    return of(kind, channels, extra, new byte[0], values);
  }

  /**
   * A file of one row.
   *
   * @param channels of each pixel: grey or three colours, and what is extra
   * @param profile an ICC profile, or nothing
   * @param values interleaved; 1 is the most that unsigned integers of that length hold
   */
  static byte[] of(Samples kind, int channels, Extra extra, byte[] profile, double... values) {
    int pixelBytes = values.length * kind.bits / 8;
    int tags = 9 + (extra == Extra.NONE ? 0 : 1) + (profile.length == 0 ? 0 : 1);
    int lists = 8 + 2 + 12 * tags + 4;
    int pixels = lists + 2 * 2 * channels + profile.length;
    ByteBuffer out = ByteBuffer.allocate(pixels + pixelBytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) tags);
    tag(out, 256, LONG, 1, values.length / channels);
    tag(out, 257, LONG, 1, 1);
    list(out, 258, channels, kind.bits, lists);
    tag(out, 262, SHORT, 1, channels < 3 ? 1 : 2);
    tag(out, 273, LONG, 1, pixels);
    tag(out, 277, SHORT, 1, channels);
    tag(out, 278, LONG, 1, 1);
    tag(out, 279, LONG, 1, pixelBytes);
    if (extra != Extra.NONE) {
      tag(out, 338, SHORT, 1, extra.ordinal());
    }
    list(out, 339, channels, kind.format, lists + 2 * channels);
    if (profile.length > 0) {
      tag(out, 34675, UNDEFINED, profile.length, lists + 4 * channels);
      out.put(lists + 4 * channels, profile);
    }
    out.position(pixels);
    for (double value : values) {
      kind.put.accept(out, value);
    }
    return out.array();
  }

  private static void tag(ByteBuffer out, int number, int type, int count, int value) {
    out.putShort((short) number).putShort((short) type).putInt(count).putInt(value);
  }

  /** A tag of one number for each channel; they stand in the tag itself where they fit. */
  private static void list(ByteBuffer out, int number, int channels, int value, int at) {
    tag(
        out,
        number,
        SHORT,
        channels,
        channels > 2 ? at : channels == 2 ? value << 16 | value : value);
    for (int channel = 0; channel < channels; channel++) {
      out.putShort(at + 2 * channel, (short) value);
    }
  }
}
