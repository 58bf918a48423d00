package dev.nst.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files with any header and any data, right or wrong. */
final class SafetensorsFile {

  private SafetensorsFile() {}

  static Path write(Path directory, String header, byte... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return write(directory, json.length, json, data);
  }

  static Path write(Path directory, long headerLength, byte[] header, byte... data)
      throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(headerLength).put(header).put(data);
    return Files.write(directory.resolve("test.safetensors"), bytes.array());
  }

  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }
}
