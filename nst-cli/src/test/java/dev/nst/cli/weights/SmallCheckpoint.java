package dev.nst.cli.weights;

import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a checkpoint that has every tensor of a VGG in 5 MB, as {@code torch.save} would for a
 * model whose tensors are all views of one storage of halves: a zip of a pickle (protocol 2) and
 * that storage.
 */
final class SmallCheckpoint {

  private static final int ELEMENTS = 512 * 512 * 9;

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  /** Values of conv1_1's weights, in a storage of floats of their own; or nothing. */
  private final float[] firstWeights;

  private SmallCheckpoint(float[] firstWeights) {
    this.firstWeights = firstWeights;
  }

  /**
   * Writes a checkpoint.
   *
   * @param without the name of a tensor to leave out, or an empty string
   */
  static void write(Path file, String without) {
    write(file, VggArchitecture.VGG19, without);
  }

  /** Writes a checkpoint of another network. */
  static void write(Path file, VggArchitecture network, String without) {
    new SmallCheckpoint(new float[0]).save(file, network, without);
  }

  /** Writes a whole checkpoint whose conv1_1 has these weights, [64, 3, 3, 3]. */
  static void write(Path file, VggArchitecture network, float[] firstWeights) {
    new SmallCheckpoint(firstWeights).save(file, network, "");
  }

  private void save(Path file, VggArchitecture network, String without) {
    writePickle(network, without);
    byte[] storage = new byte[2 * ELEMENTS];
    new Random(5).nextBytes(storage);
    for (int i = 0; i < ELEMENTS; i++) {
      // Exponents below that of infinity: every half is a small number.
      storage[2 * i + 1] &= (byte) 0xA7;
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      put(zip, "archive/data.pkl", pickle.toByteArray());
      put(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      put(zip, "archive/data/0", storage);
      if (firstWeights.length > 0) {
        ByteBuffer floats = ByteBuffer.allocate(Float.BYTES * firstWeights.length);
        floats.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(firstWeights);
        put(zip, "archive/data/1", floats.array());
      }
      put(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private void writePickle(VggArchitecture network, String without) {
    bytes(0x80, 2);
    emptyOrderedDict();
    bytes('(');
    for (Vgg19Layer layer : network.layers()) {
      int out = layer.outChannels();
      if (!network.weightName(layer).equals(without)) {
        string(network.weightName(layer));
        int in = layer.inChannels();
        boolean first = layer == Vgg19Layer.CONV1_1 && firstWeights.length > 0;
        tensor(first, new int[] {out, in, 3, 3}, new int[] {in * 9, 9, 3, 1});
      }
      if (!network.biasName(layer).equals(without)) {
        string(network.biasName(layer));
        tensor(false, new int[] {out}, new int[] {1});
      }
    }
    bytes('u', '.');
  }

  private void tensor(boolean first, int[] shape, int[] strides) {
    global("torch._utils", "_rebuild_tensor_v2");
    bytes('(');
    bytes('(');
    string("storage");
    global("torch", first ? "FloatStorage" : "HalfStorage");
    string(first ? "1" : "0");
    string("cpu");
    integer(first ? firstWeights.length : ELEMENTS);
    bytes('t', 'Q');
    integer(0);
    tuple(shape);
    tuple(strides);
    bytes(0x89);
    emptyOrderedDict();
    bytes('t', 'R');
  }

  private void emptyOrderedDict() {
    global("collections", "OrderedDict");
    bytes(')', 'R');
  }

  private void tuple(int[] values) {
    bytes('(');
    for (int value : values) {
      integer(value);
    }
    bytes('t');
  }

  private void global(String module, String name) {
    pickle.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void string(String value) {
    bytes('X');
    littleEndian(value.length());
    pickle.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  private void integer(int value) {
    bytes('J');
    littleEndian(value);
  }

  private void littleEndian(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  private void bytes(int... values) {
    for (int value : values) {
      pickle.write(value);
    }
  }
}
