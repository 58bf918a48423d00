package dev.nst.image;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A WebP file as its decoder is to see it: in memory, since it reads byte by byte, and without the
 * sign that says it has a colour profile. The decoder fails at a broken profile; this package
 * converts the colours itself and does without.
 */
final class WebpStream {
  private static final int LENGTH_AT = 4;

  /** "RIFF" and the length itself do not count. */
  private static final int UNCOUNTED_BYTES = 8;

  private static final int FIRST_CHUNK_AT = 12;
  private static final int EXTENDED = 0x56503858; // "VP8X"
  private static final int FLAGS_AT = 20;
  private static final int HAS_PROFILE = 0x20;

  private WebpStream() {}

  /**
   * Reads all of a file.
   *
   * @throws EOFException if it is shorter than it says, of which the decoder takes no notice
   */
  static ImageInputStream of(ImageInputStream in) throws IOException {
    in.seek(LENGTH_AT);
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    long length = in.readUnsignedInt() + UNCOUNTED_BYTES;
    in.setByteOrder(ByteOrder.BIG_ENDIAN);
    byte[] bytes = new Chunk(0, length).bytes(in, Integer.MAX_VALUE - UNCOUNTED_BYTES);
    if (bytes.length < length) {
      throw new EOFException("the file has " + bytes.length + " of " + length + " bytes");
    }
    in.seek(FIRST_CHUNK_AT);
    if (in.readInt() == EXTENDED && bytes.length > FLAGS_AT) {
      bytes[FLAGS_AT] &= ~HAS_PROFILE;
    }
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }
}
