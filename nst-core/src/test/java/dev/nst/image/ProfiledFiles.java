package dev.nst.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFEntry;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageWriterSpi;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Files of one picture with any bytes at the place of the colour profile. */
final class ProfiledFiles {
  private static final int PNG_HEADER_BYTES = 8 + 25;

  /** The start marker and the JFIF segment that the JDK writes. */
  private static final int JPEG_HEADER_BYTES = 2 + 18;

  private ProfiledFiles() {}

  /** The file in that format: png, jpg or tif. */
  static byte[] of(String format, BufferedImage picture, byte[] profile) {
    try {
      return switch (format) {
        case "png" -> inserted(written(picture, "png"), PNG_HEADER_BYTES, pngChunk(profile));
        case "jpg" -> inserted(written(picture, "jpeg"), JPEG_HEADER_BYTES, jpegSegments(profile));
        case "tif" -> tiff(picture, profile);
        default -> throw new IllegalArgumentException(format);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] written(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, format, bytes);
    return bytes.toByteArray();
  }

  private static byte[] inserted(byte[] file, int at, byte[] piece) {
    ByteBuffer result = ByteBuffer.allocate(file.length + piece.length);
    return result.put(file, 0, at).put(piece).put(file, at, file.length - at).array();
  }

  private static byte[] pngChunk(byte[] profile) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes("iCCPtest\0\0".getBytes(StandardCharsets.US_ASCII));
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(data)) {
      zlib.write(profile);
    }
    byte[] named = data.toByteArray();
    CRC32 sum = new CRC32();
    sum.update(named);
    ByteBuffer chunk = ByteBuffer.allocate(named.length + 8);
    return chunk.putInt(named.length - 4).put(named).putInt((int) sum.getValue()).array();
  }

  /**
   * A JPEG of one colour in four channels, as Adobe's programs write it.
   *
   * @param transform what its marker says of them: 0 for CMYK, 2 for YCCK
   * @param samples what is stored, from 0 to 255; Adobe's are 255 for no ink
   */
  static byte[] fourChannelJpeg(int transform, int[] samples, byte[] profile) {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, samples);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(raster, null, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    byte[] adobe = {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };
    adobe[15] = (byte) transform;
    byte[] marked = inserted(bytes.toByteArray(), 2, adobe);
    return inserted(marked, 2 + adobe.length, jpegSegments(profile));
  }

  /** A profile in two pieces, as long ones are: a segment has at most 64 KiB. */
  private static byte[] jpegSegments(byte[] profile) {
    int half = profile.length / 2;
    ByteBuffer segments = ByteBuffer.allocate(2 * 18 + profile.length);
    for (int piece = 1; piece <= 2; piece++) {
      int from = piece == 1 ? 0 : half;
      int length = piece == 1 ? half : profile.length - half;
      segments.putShort((short) 0xffe2).putShort((short) (16 + length));
      segments.put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII));
      segments.put((byte) piece).put((byte) 2).put(profile, from, length);
    }
    return segments.array();
  }

  private static byte[] tiff(BufferedImage picture, byte[] profile) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = new TIFFImageWriterSpi().createWriterInstance();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      TIFFEntry tag = new TIFFEntry(TIFF.TAG_ICC_PROFILE, TIFF.TYPE_UNDEFINED, profile);
      writer.write(new IIOImage(picture, null, new TIFFImageMetadata(List.of(tag))));
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
