package dev.nst.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.stream.ImageInputStream;

/**
 * A named piece of a PNG or a WebP file.
 *
 * @param start where its data begin in the file
 * @param length of its data in bytes, as it says itself
 */
record Chunk(long start, long length) {
  private static final int NAME_BYTES = 4;
  private static final int LENGTH_BYTES = 4;
  private static final int PNG_SIGNATURE_BYTES = 8;
  private static final int PNG_CHECKSUM_BYTES = 4;

  /** "RIFF", the length of all, "WEBP". */
  private static final int RIFF_HEADER_BYTES = 12;

  /** The first chunk of that name in a PNG: length, name, data, check sum. */
  static Optional<Chunk> ofPng(ImageInputStream in, String name) throws IOException {
    long at = PNG_SIGNATURE_BYTES;
    try {
      while (true) {
        in.seek(at);
        long length = in.readUnsignedInt();
        String found = name(in);
        Chunk chunk = new Chunk(at + LENGTH_BYTES + NAME_BYTES, length);
        if (found.equals(name)) {
          return Optional.of(chunk);
        }
        if (!found.chars().allMatch(Character::isLetter)) {
          return Optional.empty();
        }
        at = chunk.start + length + PNG_CHECKSUM_BYTES;
      }
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  /** The first chunk of that name in a WebP: name, length, data, padded to an even length. */
  static Optional<Chunk> ofWebp(ImageInputStream in, String name) throws IOException {
    long at = RIFF_HEADER_BYTES;
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    try {
      while (true) {
        in.seek(at);
        String found = name(in);
        long length = in.readUnsignedInt();
        Chunk chunk = new Chunk(at + NAME_BYTES + LENGTH_BYTES, length);
        if (found.equals(name)) {
          return Optional.of(chunk);
        }
        at = chunk.start + length + length % 2;
      }
    } catch (EOFException e) {
      return Optional.empty();
    } finally {
      in.setByteOrder(ByteOrder.BIG_ENDIAN);
    }
  }

  private static String name(ImageInputStream in) throws IOException {
    byte[] name = new byte[NAME_BYTES];
    in.readFully(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  /** The data, or as much of them as the file has and {@code most} allows. */
  byte[] bytes(ImageInputStream in, int most) throws IOException {
    in.seek(start);
    byte[] buffer = new byte[(int) Math.min(length, most)];
    int filled = 0;
    int count = in.read(buffer);
    while (count > 0) {
      filled += count;
      count = in.read(buffer, filled, buffer.length - filled);
    }
    return Arrays.copyOf(buffer, filled);
  }
}
