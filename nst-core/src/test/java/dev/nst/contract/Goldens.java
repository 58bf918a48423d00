package dev.nst.contract;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One golden file, read without the project's own safetensors reader, so that a fault there cannot
 * hide behind itself.
 *
 * <p>Understands just what {@code scripts/goldens/safetensors_file.py} writes: float32 tensors, and
 * metadata whose texts hold no quotation marks. {@code scripts/goldens/README.md} lists the tensors
 * of each file.
 */
public final class Goldens {
  private static final int SAMPLES = 256;
  private static final long SAMPLE_STEP = 104_729;
  private static final Pattern TENSOR =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"F32\",\"shape\":\\[([0-9,]*)],"
              + "\"data_offsets\":\\[([0-9]+),([0-9]+)]}");
  private static final Pattern METADATA = Pattern.compile("\"__metadata__\":\\{([^}]*)}");
  private static final Pattern ENTRY = Pattern.compile("\"([^\"]+)\":\"([^\"]*)\"");

  private record Entry(int[] shape, float[] values) {}

  private final String file;
  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private Goldens(String file, byte[] bytes) {
    this.file = file;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = Math.toIntExact(buffer.getLong());
    int dataStart = Long.BYTES + headerLength;
    String header = new String(bytes, Long.BYTES, headerLength, StandardCharsets.UTF_8);
    Matcher block = METADATA.matcher(header);
    if (block.find()) {
      for (Matcher m = ENTRY.matcher(block.group(1)); m.find(); ) {
        metadata.put(m.group(1), m.group(2));
      }
    }
    for (Matcher m = TENSOR.matcher(header); m.find(); ) {
      int[] shape = Stream.of(m.group(2).split(",")).mapToInt(Integer::parseInt).toArray();
      int begin = Integer.parseInt(m.group(3));
      float[] values = new float[(Integer.parseInt(m.group(4)) - begin) / Float.BYTES];
      buffer
          .position(dataStart + begin)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      tensors.put(m.group(1), new Entry(shape, values));
    }
  }

  /**
   * Reads a golden file.
   *
   * @param file its name, such as {@code gatys-33x47-max.safetensors}
   * @return its tensors and metadata
   * @throws IOException if there is no such golden file
   */
  public static Goldens read(String file) throws IOException {
    try (InputStream in = Goldens.class.getResourceAsStream("goldens/" + file)) {
      if (in == null) {
        throw new FileNotFoundException(
            "no golden file " + file + "; make it with scripts/goldens/make_goldens.py");
      }
      return new Goldens(file, in.readAllBytes());
    }
  }

  /** The values of a tensor, row-major, in a fresh array. */
  public float[] values(String name) {
    return entry(name).values().clone();
  }

  /** The shape of a tensor, in a fresh array. */
  public int[] shape(String name) {
    return entry(name).shape().clone();
  }

  /** A metadata text, or null if the file does not have it. */
  public String metadata(String key) {
    return metadata.get(key);
  }

  /**
   * Takes from a whole feature map the values that a {@code features.TAP.samples} tensor holds: the
   * k-th, k below 256, is the one at {@code k * 104729 mod size}.
   *
   * @param map a whole map [C, H, W], row-major
   * @return min(256, size) of its values
   */
  public static float[] sample(float[] map) {
    float[] samples = new float[Math.min(SAMPLES, map.length)];
    for (int k = 0; k < samples.length; k++) {
      samples[k] = map[(int) (k * SAMPLE_STEP % map.length)];
    }
    return samples;
  }

  private Entry entry(String name) {
    Entry entry = tensors.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          file + " has no tensor " + name + "; it has " + tensors.keySet());
    }
    return entry;
  }
}
