package dev.nst.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;

/** Finds the EXIF block among the segments before a JPEG's image data. */
final class JpegExif {
  static final long NONE = -1;

  private static final int START_OF_IMAGE_BYTES = 2;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int APP1 = 0xe1;
  private static final byte[] EXIF_PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  private JpegExif() {}

  /**
   * The position in the file of the block's TIFF header, or {@link #NONE}. Stops silently where the
   * segments make no sense, which the decoder will report.
   */
  static long find(ImageInputStream in) throws IOException {
    in.seek(START_OF_IMAGE_BYTES);
    try {
      for (int marker = marker(in); hasBody(marker); marker = marker(in)) {
        long body = in.getStreamPosition() + 2;
        long next = in.getStreamPosition() + in.readUnsignedShort();
        if (marker == APP1 && startsWithExif(in)) {
          return body + EXIF_PREFIX.length;
        }
        in.seek(next);
      }
    } catch (EOFException e) {
      // Truncated: what was found so far is all there is.
    }
    return NONE;
  }

  /** The next marker, or 0 where there should be one and is not. */
  private static int marker(ImageInputStream in) throws IOException {
    if (in.readUnsignedByte() != 0xff) {
      return 0;
    }
    int marker = in.readUnsignedByte();
    while (marker == 0xff) {
      marker = in.readUnsignedByte();
    }
    return marker;
  }

  private static boolean hasBody(int marker) {
    return marker >= 0xc0 && marker != END_OF_IMAGE && marker != START_OF_SCAN;
  }

  private static boolean startsWithExif(ImageInputStream in) throws IOException {
    byte[] prefix = new byte[EXIF_PREFIX.length];
    in.readFully(prefix);
    return Arrays.equals(prefix, EXIF_PREFIX);
  }
}
