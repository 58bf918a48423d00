package dev.nst.converter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes pickles instruction by instruction, and legacy checkpoints around them. */
final class PickleBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Instructions and arguments, one byte for each character. */
  PickleBytes raw(String latin1) {
    bytes.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes raw(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  PickleBytes global(String module, String name) {
    return raw("c" + module + "\n" + name + "\n");
  }

  PickleBytes text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    raw("X").littleEndian(utf8.length, 4);
    bytes.writeBytes(utf8);
    return this;
  }

  /** LONG1 with eight bytes. */
  PickleBytes integer(long value) {
    return raw(0x8a, 8).littleEndian(value, 8);
  }

  PickleBytes littleEndian(long value, int count) {
    for (int i = 0; i < count; i++) {
      bytes.write((int) (value >>> 8 * i));
    }
    return this;
  }

  /** The tuple of natural numbers that PyTorch writes for shapes and strides. */
  PickleBytes tuple(long... values) {
    raw("(");
    for (long value : values) {
      integer(value);
    }
    return raw("t");
  }

  /** A persistent id and the instruction that loads it. */
  PickleBytes storage(String storageClass, String key, long elements) {
    return raw("(")
        .text("storage")
        .global("torch", storageClass)
        .text(key)
        .text("cpu")
        .integer(elements)
        .raw("NtQ");
  }

  /** A tensor over a storage that was just pushed after the function and a mark. */
  PickleBytes tensor(String key, long elements, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .raw("(")
        .storage("FloatStorage", key, elements)
        .integer(offset)
        .tuple(shape)
        .tuple(strides)
        .raw(0x89)
        .global("collections", "OrderedDict")
        .raw(")RtR");
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  static PickleBytes protocol2() {
    return new PickleBytes().raw(0x80, 2);
  }

  /** The three pickles that every legacy checkpoint begins with. */
  static PickleBytes legacyStart() {
    return protocol2()
        .raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
        .raw(".")
        .raw(0x80, 2)
        .raw("M")
        .littleEndian(1001, 2)
        .raw(".")
        .raw(0x80, 2)
        .raw("}")
        .text("little_endian")
        .raw(0x88)
        .raw("s.");
  }

  /** A legacy checkpoint around an object's pickle, without STOP; its storages hold zeros. */
  static byte[] legacy(PickleBytes object, String[] keys, long... elements) {
    PickleBytes file = legacyStart().raw(0x80, 2);
    file.bytes.writeBytes(object.toByteArray());
    file.raw(".").raw(0x80, 2).raw("](");
    for (String key : keys) {
      file.text(key);
    }
    file.raw("e.");
    for (long count : elements) {
      file.littleEndian(count, 8);
      file.bytes.writeBytes(new byte[(int) (4 * count)]);
    }
    return file.toByteArray();
  }
}
