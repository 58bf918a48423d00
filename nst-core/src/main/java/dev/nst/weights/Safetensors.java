package dev.nst.weights;

import dev.nst.NstException;
import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A file in the <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: eight
 * bytes of header length, a JSON header, and the tensors' bytes, little-endian and row-major.
 *
 * <p>Opening reads and checks the header alone. A tensor is memory-mapped while it is being read,
 * piece by piece, so a file may be larger than the 2 GiB that one mapping can hold.
 *
 * <p>Instances may be used by several threads. After {@link #close} nothing more can be read.
 */
public final class Safetensors implements WeightSource, AutoCloseable {
  /** Far above the few kilobytes of a real header, far below what would fill the heap. */
  private static final long MAX_HEADER_BYTES = 16L << 20;

  private static final int LENGTH_BYTES = Long.BYTES;

  /** A multiple of every element size, below the 2 GiB limit of a mapping. */
  private static final long MAX_MAPPING_BYTES = 1L << 30;

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;

  private Safetensors(Path file, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @param file a safetensors file whose tensors are F32, F16 or BF16
   * @return the open file, to be closed by the caller
   * @throws NstException if it is missing, unreadable, cut short or not as the format defines it
   */
  public static Safetensors open(Path file) {
    FileChannel channel = WeightFiles.open(file);
    boolean opened = false;
    try {
      Safetensors safetensors = readHeader(file, channel);
      opened = true;
      return safetensors;
    } catch (SafetensorsHeader.InvalidHeaderException e) {
      throw new NstException(
          "Weights file "
              + file
              + " is not a valid safetensors file: "
              + e.getMessage()
              + "; download it again or make it with 'nst weights convert'.",
          e);
    } catch (IOException e) {
      throw WeightFiles.unreadable(file, e);
    } finally {
      if (!opened) {
        closeAfterFailure(channel);
      }
    }
  }

  /** What went wrong before is what the caller should hear of. */
  private static void closeAfterFailure(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // A channel that was only read has nothing to lose.
    }
  }

  private static Safetensors readHeader(Path file, FileChannel channel)
      throws IOException, SafetensorsHeader.InvalidHeaderException {
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new SafetensorsHeader.InvalidHeaderException("it has only " + size + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    WeightFiles.readFully(channel, 0, length);
    long headerBytes = length.getLong(0);
    if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
      throw new SafetensorsHeader.InvalidHeaderException(
          "it says that its header has "
              + Long.toUnsignedString(headerBytes)
              + " bytes, but at most "
              + MAX_HEADER_BYTES
              + " were expected");
    }
    if (headerBytes > size - LENGTH_BYTES) {
      throw new SafetensorsHeader.InvalidHeaderException(
          "it ends at byte " + size + ", inside its header of " + headerBytes + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) headerBytes);
    WeightFiles.readFully(channel, LENGTH_BYTES, bytes);
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new SafetensorsHeader.InvalidHeaderException("its header is not UTF-8 text");
    }
    long dataStart = LENGTH_BYTES + headerBytes;
    SafetensorsHeader header = SafetensorsHeader.parse(json, size - dataStart);
    return new Safetensors(file, channel, dataStart, header);
  }

  /**
   * The names of all tensors.
   *
   * @return an unmodifiable set in the order of the header
   */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /**
   * What the header says of a tensor.
   *
   * @param name a tensor's name
   * @return its dtype, shape and place
   * @throws NstException if the file holds no such tensor
   */
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new NstException(
          "Weights file "
              + file
              + " holds no tensor named "
              + name
              + "; 'nst weights info' lists those it holds.");
    }
    return info;
  }

  @Override
  public boolean has(String name) {
    return header.tensors().containsKey(name);
  }

  @Override
  public int[] shape(String name) {
    return info(name).shape().stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if this file was closed
   */
  @Override
  public float[] read(String name) {
    TensorInfo info = info(name);
    if (!channel.isOpen()) {
      throw new IllegalStateException("weights file " + file + " is closed");
    }
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new NstException(
          "Tensor "
              + name
              + " of weights file "
              + file
              + " has "
              + info.elements()
              + " elements, more than a Java array holds; it is no part of a VGG-19.");
    }
    float[] values = new float[(int) info.elements()];
    try {
      int done = 0;
      while (done < values.length) {
        long position = dataStart + info.begin() + (long) done * info.dtype().bytes();
        long bytes =
            Math.min(MAX_MAPPING_BYTES, (values.length - (long) done) * info.dtype().bytes());
        requireStillLongEnough(position + bytes);
        ByteBuffer piece = channel.map(FileChannel.MapMode.READ_ONLY, position, bytes);
        done += widen(piece.order(ByteOrder.LITTLE_ENDIAN), info.dtype(), values, done);
      }
    } catch (IOException e) {
      throw WeightFiles.unreadable(file, e);
    }
    return values;
  }

  /** Touching a mapping beyond the end of a file that shrank would be an error of the JVM. */
  private void requireStillLongEnough(long end) throws IOException {
    if (channel.size() < end) {
      throw new IOException("it became shorter while it was open");
    }
  }

  /** Converts all of {@code bytes} into {@code values} from {@code start} on; returns how many. */
  private static int widen(ByteBuffer bytes, DType dtype, float[] values, int start) {
    int count = bytes.remaining() / dtype.bytes();
    if (dtype == DType.F32) {
      bytes.asFloatBuffer().get(values, start, count);
      return count;
    }
    ShortBuffer halves = bytes.asShortBuffer();
    for (int i = 0; i < count; i++) {
      short half = halves.get(i);
      values[start + i] =
          dtype == DType.F16
              ? HalfPrecision.float16ToFloat(half)
              : HalfPrecision.bfloat16ToFloat(half);
    }
    return count;
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw WeightFiles.unreadable(file, e);
    }
  }
}
