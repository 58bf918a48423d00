package dev.nst.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/**
 * Finds the one EXIF tag that matters here. ImageIO ignores it, and a telephone held upright writes
 * its pictures lying on their side with nothing but this tag to tell.
 *
 * <p>EXIF is a TIFF file inside of another: in the APP1 segment of a JPEG, in the eXIf chunk of a
 * PNG, and a TIFF file is one itself. Only the first directory is searched. A block that is damaged
 * counts as absent, since the picture beside it may well be sound.
 */
final class ExifOrientation {
  private static final int ORIENTATION_TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;
  private static final int PNG_SIGNATURE_BYTES = 8;

  /** Length, type and check sum around a chunk's data. */
  private static final int PNG_CHUNK_FRAME_BYTES = 12;

  private static final int PNG_EXIF = 0x65584966; // "eXIf"

  private ExifOrientation() {}

  /** The orientation of a TIFF structure that starts at {@code start}. */
  static Orientation ofTiff(ImageInputStream in, long start) throws IOException {
    try {
      in.seek(start);
      boolean littleEndian = in.readUnsignedShort() == 0x4949; // "II", Intel
      in.setByteOrder(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      in.skipBytes(2);
      long directory = start + in.readUnsignedInt();
      in.seek(directory);
      int entries = in.readUnsignedShort();
      for (int i = 0; i < entries; i++) {
        in.seek(directory + 2 + (long) i * ENTRY_BYTES);
        int tag = in.readUnsignedShort();
        int type = in.readUnsignedShort();
        if (tag == ORIENTATION_TAG && type == SHORT) {
          in.skipBytes(4);
          return Orientation.ofExif(in.readUnsignedShort());
        }
      }
    } catch (EOFException | IndexOutOfBoundsException e) {
      // The block ends before the directory does: damaged, hence absent.
    } finally {
      in.setByteOrder(ByteOrder.BIG_ENDIAN);
    }
    return Orientation.TOP_LEFT;
  }

  /** The orientation in a PNG's eXIf chunk, which may stand before or after the image data. */
  static Orientation ofPng(ImageInputStream in) throws IOException {
    long chunk = PNG_SIGNATURE_BYTES;
    try {
      in.seek(chunk);
      long length = in.readUnsignedInt();
      int type = in.readInt();
      while (isChunkType(type) && type != PNG_EXIF) {
        chunk += PNG_CHUNK_FRAME_BYTES + length;
        in.seek(chunk);
        length = in.readUnsignedInt();
        type = in.readInt();
      }
      return type == PNG_EXIF ? ofTiff(in, chunk + 8) : Orientation.TOP_LEFT;
    } catch (EOFException e) {
      return Orientation.TOP_LEFT;
    }
  }

  /** Whether it is four letters, as in every chunk of a sound file. */
  private static boolean isChunkType(int type) {
    boolean letters = true;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      letters &= Character.isLetter(type >>> shift & 0xff);
    }
    return letters;
  }
}
