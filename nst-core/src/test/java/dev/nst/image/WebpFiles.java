package dev.nst.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * WebP files to test with. No encoder in Java is known, so these were made by cwebp 1.2.4 (Debian's
 * package webp) from PAM files with the pixels that are named.
 */
final class WebpFiles {
  /**
   * {@code cwebp -lossless -exact}: 2x2, (200, 100, 50, 255), (10, 20, 30, 128), (0, 255, 0, 64),
   * (1, 2, 3, 0).
   */
  static final byte[] LOSSLESS =
      decoded(
          "UklGRj4AAABXRUJQVlA4TDEAAAAvAUAAEB8gEEFqh732d9lDTEPMq38e1RBqYBwqeOtf0iYQSEbLbPWA9KdTHbsQ"
              + "0f8IAA==");

  /** {@code cwebp -q 90}: 32x16, the left half (200, 40, 40), the right one (40, 60, 200). */
  static final byte[] LOSSY =
      decoded(
          "UklGRlwAAABXRUJQVlA4IFAAAADQBACdASogABAAPjEUiEKiISEYBAAgAwS0AE6ZQjgbwD8AP2A/wHIBdgP2AATw"
              + "4AD+9FEf/l2W6C5//m/4bWoif+j0rya8KPdImzt1uUAAAA==");

  /** {@code cwebp -q 90}: the same, the right half with an alpha of 102. */
  static final byte[] LOSSY_WITH_ALPHA =
      decoded(
          "UklGRooAAABXRUJQVlA4WAoAAAAQAAAAHwAADwAAQUxQSBQAAAABD/Cz/4iIIBBI8pceYIGI/gf1AlZQOCBQAAAA"
              + "0AQAnQEqIAAQAD4xFIhCoiEhGAQAIAMEtABOmUI4G8A/AD9gP8ByAXYD9gAE8OAA/vRRH/5dluguf/5v+G1q"
              + "In/o9K8mvCj3SJs7dblAAAA=");

  private static final int RIFF_HEADER_BYTES = 12;
  private static final int HAS_EXIF = 0x08;
  private static final int HAS_PROFILE = 0x20;

  private WebpFiles() {}

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  /** {@link #LOSSY} with a profile before its pixels and an EXIF block behind them. */
  static byte[] extended(byte[] profile, byte[] exif) {
    ByteBuffer canvas = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    canvas.putInt(HAS_PROFILE | HAS_EXIF);
    canvas.put(new byte[] {31, 0, 0, 15, 0, 0});
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    chunks.writeBytes("WEBP".getBytes(StandardCharsets.US_ASCII));
    chunks.writeBytes(chunk("VP8X", canvas.array()));
    chunks.writeBytes(chunk("ICCP", profile));
    chunks.write(LOSSY, RIFF_HEADER_BYTES, LOSSY.length - RIFF_HEADER_BYTES);
    chunks.writeBytes(chunk("EXIF", exif));
    return chunk("RIFF", chunks.toByteArray());
  }

  private static byte[] chunk(String name, byte[] data) {
    ByteBuffer chunk =
        ByteBuffer.allocate(8 + data.length + data.length % 2).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put(name.getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);
    return chunk.array();
  }
}
