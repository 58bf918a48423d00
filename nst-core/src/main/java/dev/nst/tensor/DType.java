package dev.nst.tensor;

/**
 * The number formats in which weights are stored and backends may compute.
 *
 * <p>The constants carry the names that the safetensors format uses for them.
 */
public enum DType {
  /** IEEE 754 binary32: 1 sign bit, 8 exponent bits, 23 fraction bits. */
  F32(4),
  /** IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits; largest value 65504. */
  F16(2),
  /** bfloat16: the upper half of a binary32, with its range and 7 fraction bits. */
  BF16(2);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The size of one element.
   *
   * @return 4 or 2
   */
  public int bytes() {
    return bytes;
  }

  /**
   * The name of this format in a safetensors header.
   *
   * @return {@code "F32"}, {@code "F16"} or {@code "BF16"}
   */
  public String safetensorsName() {
    return name();
  }
}
