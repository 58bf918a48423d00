package dev.nst.converter;

import dev.nst.NstException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;

/** Reads the bytes of pickles one after the other, never past a given end. */
final class PickleInput {
  /** Longer than any name or setting; a longer text is taken for an attack on memory. */
  private static final int MAX_TEXT_BYTES = 1 << 20;

  private static final int MAX_LINE_BYTES = 1 << 10;

  private final CheckpointFile file;
  private final long end;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /** Where the byte after the buffer's limit lies in the file. */
  private long bufferEnd;

  PickleInput(CheckpointFile file, long start, long end) {
    this.file = file;
    this.bufferEnd = start;
    this.end = end;
  }

  /** The place of the next byte in the file. */
  long position() {
    return bufferEnd - buffer.remaining();
  }

  int unsignedByte() {
    return need(1).get() & 0xff;
  }

  int unsignedShort() {
    return need(2).getShort() & 0xffff;
  }

  int signedInt() {
    return need(4).getInt();
  }

  long unsignedInt() {
    return need(4).getInt() & 0xffff_ffffL;
  }

  long signedLong() {
    return need(8).getLong();
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(need(8).getLong()));
  }

  /** A two's complement integer of {@code count} bytes, lowest first; 0 if there are none. */
  BigInteger integer(int count) {
    byte[] littleEndian = bytes(count);
    byte[] bigEndian = new byte[count + 1];
    for (int i = 0; i < count; i++) {
      bigEndian[count - i] = littleEndian[i];
    }
    boolean negative = count > 0 && littleEndian[count - 1] < 0;
    bigEndian[0] = (byte) (negative ? -1 : 0);
    return new BigInteger(bigEndian);
  }

  /** Text of {@code count} bytes, which may come from a hostile file as a negative number. */
  String text(long count, Charset charset) {
    if (count < 0 || count > end - position()) {
      throw damaged("a text of " + Long.toUnsignedString(count) + " bytes does not fit in it");
    }
    if (count > MAX_TEXT_BYTES) {
      throw damaged("a text of " + count + " bytes is longer than a state dict needs");
    }
    return decode(bytes((int) count), charset);
  }

  /** The text up to the next line feed, which is left out. */
  String line(Charset charset) {
    byte[] line = new byte[MAX_LINE_BYTES];
    for (int length = 0; length < line.length; length++) {
      line[length] = (byte) unsignedByte();
      if (line[length] == '\n') {
        return decode(Arrays.copyOf(line, length), charset);
      }
    }
    throw damaged("a name is longer than " + MAX_LINE_BYTES + " bytes");
  }

  NstException damaged(String what) {
    return file.damaged(what + " (at byte " + position() + ")");
  }

  private String decode(byte[] bytes, Charset charset) {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw damaged("a text is not " + charset);
    }
  }

  private byte[] bytes(int count) {
    if (count > end - position()) {
      throw damaged("it ends early");
    }
    byte[] bytes = new byte[count];
    int done = Math.min(count, buffer.remaining());
    buffer.get(bytes, 0, done);
    if (done < count) {
      file.read(bufferEnd, ByteBuffer.wrap(bytes, done, count - done));
      bufferEnd += count - done;
    }
    return bytes;
  }

  /** Makes sure that the buffer holds at least {@code count} more bytes. */
  private ByteBuffer need(int count) {
    if (buffer.remaining() < count) {
      if (count > end - position()) {
        throw damaged("it ends early");
      }
      buffer.compact();
      buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + end - bufferEnd));
      int added = buffer.remaining();
      file.read(bufferEnd, buffer);
      bufferEnd += added;
      buffer.flip();
    }
    return buffer;
  }
}
