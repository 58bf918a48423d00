package dev.nst.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFEntry;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageWriterSpi;
import java.awt.image.BufferedImage;
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
        case "jpg" -> inserted(written(picture, "jpeg"), JPEG_HEADER_BYTES, jpegSegment(profile));
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

  private static byte[] jpegSegment(byte[] profile) {
    byte[] name = "ICC_PROFILE\0\u0001\u0001".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer segment = ByteBuffer.allocate(4 + name.length + profile.length);
    segment.putShort((short) 0xffe2).putShort((short) (segment.capacity() - 2));
    return segment.put(name).put(profile).array();
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
