package dev.nst.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** ICC profiles (version 2) made of nothing but primaries and a gamma, or a table of inks. */
final class Profiles {
  /** Colorants of Display P3, adapted to D50, each X, Y, Z. */
  private static final double[][] P3 = {
    {0.5151, 0.2412, -0.0011}, {0.2920, 0.6922, 0.0419}, {0.1571, 0.0666, 0.7841}
  };

  private static final double[][] ADOBE = {
    {0.6097, 0.3111, 0.0195}, {0.2053, 0.6257, 0.0609}, {0.1492, 0.0632, 0.7446}
  };

  private static final double[] D50 = {0.9642, 1, 0.8249};
  private static final int HEADER_BYTES = 128;

  private Profiles() {}

  /** Wide primaries, with a gamma of 2.2 in place of sRGB's curve. */
  static byte[] displayP3() {
    return rgb(P3, 2.2);
  }

  static byte[] adobeRgb() {
    return rgb(ADOBE, 563 / 256.0);
  }

  static byte[] grey(double gamma) {
    return profile("mntrGRAYXYZ ", new String[] {"wtpt", "kTRC"}, xyz(D50), curve(gamma));
  }

  /**
   * A printing press of odd inks, which no formula for CMYK guesses: on white paper (L*a*b* 100, 0,
   * 0) cyan is orange (70, 20, 40), magenta green (60, -40, 30) and yellow blue (50, 10, -40);
   * black takes light and colour away in proportion. Several inks add up.
   */
  static byte[] cmyk() {
    double[][] inks = {{-30, 20, 40}, {-40, -40, 30}, {-50, 10, -40}};
    ByteBuffer papers = ByteBuffer.allocate(16 * 3 * 2);
    for (int printed = 0; printed < 16; printed++) {
      double[] lab = {100, 0, 0};
      for (int i = 0; i < 9; i++) {
        lab[i % 3] += (printed & 8 >> i / 3) == 0 ? 0 : inks[i / 3][i % 3];
      }
      double light = (printed & 1) == 0 ? 1 : 0;
      papers.putShort((short) Math.round(0xff00 / 100. * Math.max(0, light * lab[0])));
      papers.putShort((short) Math.round(256 * (light * lab[1] + 128)));
      papers.putShort((short) Math.round(256 * (light * lab[2] + 128)));
    }
    // The way back is here only because decoders do not take a press's profile without one.
    byte[] toPaper = table(4, 3, papers.array());
    byte[] toInks = table(3, 4, new byte[8 * 4 * 2]);
    return profile(
        "prtrCMYKLab ", new String[] {"wtpt", "A2B0", "B2A0"}, xyz(D50), toPaper, toInks);
  }

  /** A table of 16 bits with nothing between 0 and 1, the last input running fastest. */
  private static byte[] table(int inputs, int outputs, byte[] corners) {
    ByteBuffer tag = ByteBuffer.allocate(52 + 4 * (inputs + outputs) + corners.length);
    tag.put(ascii("mft2")).putInt(0);
    tag.put(new byte[] {(byte) inputs, (byte) outputs, 2, 0});
    for (int i = 0; i < 9; i++) {
      tag.putInt(i % 4 == 0 ? fixed(1) : 0);
    }
    tag.putShort((short) 2).putShort((short) 2);
    putRamps(tag, inputs);
    tag.put(corners);
    putRamps(tag, outputs);
    return tag.array();
  }

  /** Curves that change nothing, of two points each. */
  private static void putRamps(ByteBuffer tag, int channels) {
    for (int i = 0; i < channels; i++) {
      tag.putShort((short) 0).putShort((short) 65535);
    }
  }

  private static byte[] rgb(double[][] colorants, double gamma) {
    String[] names = {"wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    byte[] curve = curve(gamma);
    byte[] red = xyz(colorants[0]);
    byte[] green = xyz(colorants[1]);
    byte[] blue = xyz(colorants[2]);
    return profile("mntrRGB XYZ ", names, xyz(D50), red, green, blue, curve, curve, curve);
  }

  /**
   * A profile.
   *
   * @param kind its class, its colour space and the one that it leads to, four letters each
   */
  private static byte[] profile(String kind, String[] names, byte[]... tags) {
    int start = HEADER_BYTES + 4 + 12 * (tags.length + 2);
    byte[][] all = new byte[tags.length + 2][];
    all[0] = description();
    all[1] = text("text", "none\0");
    System.arraycopy(tags, 0, all, 2, tags.length);
    int length = start;
    for (byte[] tag : all) {
      length += tag.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    out.putInt(length).put(new byte[4]).putInt(0x02100000);
    out.put(ascii(kind));
    out.put(new byte[] {7, (byte) 0xe9, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0}).put(ascii("acsp"));
    out.position(68);
    for (double value : D50) {
      out.putInt(fixed(value));
    }
    out.position(HEADER_BYTES);
    out.putInt(all.length);
    int at = start;
    for (int i = 0; i < all.length; i++) {
      out.put(ascii(i == 0 ? "desc" : i == 1 ? "cprt" : names[i - 2]));
      out.putInt(at).putInt(all[i].length);
      at += all[i].length;
    }
    for (byte[] tag : all) {
      out.put(tag);
    }
    return out.array();
  }

  private static byte[] description() {
    ByteBuffer tag = ByteBuffer.allocate(96);
    tag.put(ascii("desc")).putInt(0).putInt(5).put(ascii("test\0"));
    return tag.array();
  }

  private static byte[] text(String type, String text) {
    ByteBuffer tag = ByteBuffer.allocate((8 + text.length() + 3) / 4 * 4);
    return tag.put(ascii(type)).putInt(0).put(ascii(text)).array();
  }

  private static byte[] xyz(double[] values) {
    ByteBuffer tag = ByteBuffer.allocate(20).put(ascii("XYZ ")).putInt(0);
    for (double value : values) {
      tag.putInt(fixed(value));
    }
    return tag.array();
  }

  private static byte[] curve(double gamma) {
    ByteBuffer tag = ByteBuffer.allocate(16).put(ascii("curv")).putInt(0).putInt(1);
    return tag.putShort((short) Math.round(gamma * 256)).array();
  }

  private static int fixed(double value) {
    return (int) Math.round(value * 65536);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
