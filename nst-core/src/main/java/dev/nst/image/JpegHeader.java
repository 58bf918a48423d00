package dev.nst.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;

/**
 * What the segments before a JPEG's image data say.
 *
 * @param components colour components: 1 grey, 3 colour, 4 CMYK; 0 if not said
 * @param exif position in the file of the EXIF block, a TIFF header; {@link #NO_EXIF} without one
 */
record JpegHeader(int components, long exif) {
  static final long NO_EXIF = -1;

  private static final int START_OF_IMAGE_BYTES = 2;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int APP1 = 0xe1;
  private static final byte[] EXIF_PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  /** Walks the segments; stops silently where they make no sense, which the decoder will report. */
  static JpegHeader read(ImageInputStream in) throws IOException {
    int components = 0;
    long exif = NO_EXIF;
    in.seek(START_OF_IMAGE_BYTES);
    try {
      for (int marker = marker(in); hasBody(marker); marker = marker(in)) {
        long body = in.getStreamPosition() + 2;
        long next = in.getStreamPosition() + in.readUnsignedShort();
        if (isFrame(marker)) {
          in.seek(body + 5);
          components = in.readUnsignedByte();
        } else if (marker == APP1 && exif == NO_EXIF && startsWithExif(in)) {
          exif = body + EXIF_PREFIX.length;
        }
        in.seek(next);
      }
    } catch (EOFException e) {
      // Truncated: what was found so far is all there is.
    }
    return new JpegHeader(components, exif);
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

  /** SOF0..SOF15 without the tables that are numbered among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean startsWithExif(ImageInputStream in) throws IOException {
    byte[] prefix = new byte[EXIF_PREFIX.length];
    in.readFully(prefix);
    return Arrays.equals(prefix, EXIF_PREFIX);
  }
}
