package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the entries of a zip archive lie, zip64 included (PKWARE APPNOTE 6.3, section 4.3).
 *
 * <p>PyTorch stores its entries uncompressed so that they can be read in place, which is also what
 * this class is for: {@code java.util.zip} would give streams only.
 */
final class ZipDirectory {
  /** Room for some 100,000 entries. */
  private static final long MAX_DIRECTORY_BYTES = 16L << 20;

  private static final int END_SIGNATURE = 0x0605_4b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x0706_4b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_SIGNATURE = 0x0606_4b50;
  private static final int END64_BYTES = 56;
  private static final int ENTRY_SIGNATURE = 0x0201_4b50;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x0403_4b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final long IN_ZIP64 = 0xffff_ffffL;

  /** The bytes of one stored entry: {@code size} bytes from {@code position} of the file on. */
  record Range(long position, long size) {}

  private record Entry(int flags, int method, long compressedSize, long size, long local) {}

  private final CheckpointFile file;
  private final Map<String, Entry> entries;

  private ZipDirectory(CheckpointFile file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  static ZipDirectory read(CheckpointFile file) {
    Range directory = findDirectory(file);
    if (directory.size() < 0
        || directory.size() > MAX_DIRECTORY_BYTES
        || directory.position() < 0
        || directory.position() > file.size() - directory.size()) {
      throw file.damaged("its zip directory does not lie inside it");
    }
    ByteBuffer bytes = file.read(directory.position(), (int) directory.size());
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (bytes.hasRemaining()) {
      readEntry(file, bytes, entries);
    }
    return new ZipDirectory(file, entries);
  }

  /** The names of all entries, in the order of the directory. */
  Iterable<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Where the bytes of an entry lie. */
  Range locate(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw file.damaged("its entry " + printable(name) + " is missing");
    }
    if ((entry.flags() & 1) != 0 || entry.method() != 0 || entry.compressedSize() != entry.size()) {
      throw file.damaged(
          "its entry " + printable(name) + " is compressed, which PyTorch never does");
    }
    ByteBuffer local = file.read(entry.local(), LOCAL_BYTES);
    if (local.getInt(0) != LOCAL_SIGNATURE) {
      throw file.damaged("its zip directory points to something that is no entry");
    }
    long position =
        entry.local() + LOCAL_BYTES + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
    if (entry.size() < 0 || entry.size() > file.size() - position) {
      throw file.damaged("its entry " + printable(name) + " does not lie inside it");
    }
    return new Range(position, entry.size());
  }

  /** The directory is found from the end of the file, before which a comment may stand. */
  private static Range findDirectory(CheckpointFile file) {
    int tailBytes = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
    long tailStart = file.size() - tailBytes;
    ByteBuffer tail = file.read(tailStart, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      int commentBytes = tailBytes - END_BYTES - at;
      if (tail.getInt(at) == END_SIGNATURE && (tail.getShort(at + 20) & 0xffff) == commentBytes) {
        long size = tail.getInt(at + 12) & IN_ZIP64;
        long position = tail.getInt(at + 16) & IN_ZIP64;
        boolean zip64 = size == IN_ZIP64 || position == IN_ZIP64;
        return zip64 ? findZip64Directory(file, tailStart + at) : new Range(position, size);
      }
    }
    throw file.damaged("its zip directory is missing, as in a file that was cut short");
  }

  private static Range findZip64Directory(CheckpointFile file, long end) {
    ByteBuffer locator = file.read(end - LOCATOR_BYTES, LOCATOR_BYTES);
    if (locator.getInt(0) == LOCATOR_SIGNATURE) {
      ByteBuffer end64 = file.read(locator.getLong(8), END64_BYTES);
      if (end64.getInt(0) == END64_SIGNATURE) {
        return new Range(end64.getLong(48), end64.getLong(40));
      }
    }
    throw file.damaged("its zip64 directory is missing");
  }

  private static void readEntry(
      CheckpointFile file, ByteBuffer directory, Map<String, Entry> entries) {
    int start = directory.position();
    if (directory.remaining() < ENTRY_BYTES || directory.getInt(start) != ENTRY_SIGNATURE) {
      throw file.damaged("its zip directory is garbled");
    }
    int nameBytes = directory.getShort(start + 28) & 0xffff;
    int extraBytes = directory.getShort(start + 30) & 0xffff;
    int commentBytes = directory.getShort(start + 32) & 0xffff;
    if (directory.remaining() - ENTRY_BYTES < nameBytes + extraBytes + commentBytes) {
      throw file.damaged("its zip directory is garbled");
    }
    byte[] name = new byte[nameBytes];
    directory.get(start + ENTRY_BYTES, name);
    ByteBuffer extra =
        directory.slice(start + ENTRY_BYTES + nameBytes, extraBytes).order(ByteOrder.LITTLE_ENDIAN);
    Entry entry = entryOf(file, directory, start, zip64Fields(extra));
    if (entries.put(new String(name, StandardCharsets.UTF_8), entry) != null) {
      throw file.damaged("its zip directory names an entry twice");
    }
    directory.position(start + ENTRY_BYTES + nameBytes + extraBytes + commentBytes);
  }

  /** A field of 32 one-bits means that the value stands among the zip64 fields, in this order. */
  private static Entry entryOf(
      CheckpointFile file, ByteBuffer directory, int start, ByteBuffer zip64) {
    long[] values = new long[3];
    int[] places = {start + 24, start + 20, start + 42};
    for (int i = 0; i < values.length; i++) {
      values[i] = directory.getInt(places[i]) & IN_ZIP64;
      if (values[i] == IN_ZIP64) {
        if (zip64.remaining() < Long.BYTES) {
          throw file.damaged("its zip directory lacks a zip64 field");
        }
        values[i] = zip64.getLong();
      }
    }
    return new Entry(
        directory.getShort(start + 8) & 0xffff,
        directory.getShort(start + 10) & 0xffff,
        values[1],
        values[0],
        values[2]);
  }

  /** The zip64 block among an entry's extra blocks; empty if there is none. */
  private static ByteBuffer zip64Fields(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int bytes = Math.min(extra.getShort() & 0xffff, extra.remaining());
      if (id == ZIP64_EXTRA) {
        return extra.slice(extra.position(), bytes).order(extra.order());
      }
      extra.position(extra.position() + bytes);
    }
    return ByteBuffer.allocate(0);
  }
}
