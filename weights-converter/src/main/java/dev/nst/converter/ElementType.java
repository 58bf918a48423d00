package dev.nst.converter;

import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/** The formats in which PyTorch stores a tensor's elements. */
public enum ElementType {
  /** IEEE 754 binary64. */
  FLOAT64("DoubleStorage", 8),
  /** IEEE 754 binary32. */
  FLOAT32("FloatStorage", 4),
  /** IEEE 754 binary16. */
  FLOAT16("HalfStorage", 2),
  /** The upper half of a binary32. */
  BFLOAT16("BFloat16Storage", 2),
  /** Signed 64-bit integers. */
  INT64("LongStorage", 8),
  /** Signed 32-bit integers. */
  INT32("IntStorage", 4),
  /** Signed 16-bit integers. */
  INT16("ShortStorage", 2),
  /** Signed bytes. */
  INT8("CharStorage", 1),
  /** Unsigned bytes. */
  UINT8("ByteStorage", 1),
  /** Truth values, a byte each. */
  BOOL("BoolStorage", 1);

  private final String storageClass;
  private final int bytes;

  ElementType(String storageClass, int bytes) {
    this.storageClass = storageClass;
    this.bytes = bytes;
  }

  /**
   * The size of one element.
   *
   * @return 1, 2, 4 or 8
   */
  public int bytes() {
    return bytes;
  }

  /**
   * The name that PyTorch prints.
   *
   * @return for example {@code "float32"}
   */
  public String torchName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the elements are floating-point numbers, as weights are.
   *
   * @return true for the four float formats
   */
  public boolean isFloatingPoint() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
  }

  /** The element type of the class {@code torch.<name>}, if that is a storage class. */
  static Optional<ElementType> ofStorageClass(String name) {
    for (ElementType type : values()) {
      if (type.storageClass.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  static ElementType of(DType dtype) {
    return switch (dtype) {
      case F32 -> FLOAT32;
      case F16 -> FLOAT16;
      case BF16 -> BFLOAT16;
    };
  }

  /** The exact value of the element at {@code index} of little-endian {@code data}. */
  double get(ByteBuffer data, int index) {
    int at = index * bytes;
    return switch (this) {
      case FLOAT64 -> data.getDouble(at);
      case FLOAT32 -> data.getFloat(at);
      case FLOAT16 -> HalfPrecision.float16ToFloat(data.getShort(at));
      case BFLOAT16 -> HalfPrecision.bfloat16ToFloat(data.getShort(at));
      default -> throw new IllegalStateException(this + " is no floating-point type");
    };
  }
}
