package dev.nst.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** ICC profiles (version 2) made of nothing but primaries and a gamma. */
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
    return profile("GRAY", new String[] {"wtpt", "kTRC"}, xyz(D50), curve(gamma));
  }

  private static byte[] rgb(double[][] colorants, double gamma) {
    String[] names = {"wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    byte[] curve = curve(gamma);
    byte[] red = xyz(colorants[0]);
    byte[] green = xyz(colorants[1]);
    byte[] blue = xyz(colorants[2]);
    return profile("RGB ", names, xyz(D50), red, green, blue, curve, curve, curve);
  }

  private static byte[] profile(String space, String[] names, byte[]... tags) {
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
    out.put(ascii("mntr")).put(ascii(space)).put(ascii("XYZ "));
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
