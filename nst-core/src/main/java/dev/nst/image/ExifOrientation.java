package dev.nst.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/**
 * Finds the one EXIF tag that matters here. ImageIO ignores it, and a telephone held upright writes
 * its pictures lying on their side with nothing but this tag to tell.
 *
 * <p>EXIF is a TIFF file inside of another: in the APP1 segment of a JPEG, the eXIf chunk of a PNG,
 * the EXIF chunk of a WebP, and a TIFF file is one itself. Only the first directory is searched. A
 * block that is damaged counts as absent, since the picture beside it may well be sound.
 */
final class ExifOrientation {
  private static final int ORIENTATION_TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  /** With these bytes some programs start the block of a WebP, as that of a JPEG has to. */
  private static final int JPEG_PREFIX = 0x45786966; // "Exif", two zeros follow

  private static final int JPEG_PREFIX_BYTES = 6;

  private ExifOrientation() {}

  /** The orientation of a TIFF structure that starts at {@code start}. */
  static Orientation ofTiff(ImageInputStream in, long start) throws IOException {
    try {
      in.seek(start);
      long header = in.readInt() == JPEG_PREFIX ? start + JPEG_PREFIX_BYTES : start;
      in.seek(header);
      boolean littleEndian = in.readUnsignedShort() == 0x4949; // "II", Intel
      in.setByteOrder(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      in.skipBytes(2);
      long directory = header + in.readUnsignedInt();
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
}
