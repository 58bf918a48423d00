package dev.nst.backend;

import dev.nst.NstException;
import java.util.Locale;

/**
 * How a backend computes convolutions and matrix products. The image, Gram matrices, losses,
 * optimiser state and every accumulation are float32 in each of them.
 */
public enum Precision {
  /** IEEE float32 throughout. */
  FP32,
  /** Float32 storage, products rounded to TensorFloat-32 (10-bit mantissa). */
  TF32,
  /** Feature maps in IEEE float16, with loss scaling. */
  FP16,
  /** Feature maps in bfloat16. */
  BF16;

  /** Returns what users call it: {@code fp32}, {@code tf32}, {@code fp16}, {@code bf16}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the precision that users call {@code label}, in capitals or not.
   *
   * @throws NstException if there is none
   */
  public static Precision of(String label) {
    for (Precision precision : values()) {
      if (precision.name().equalsIgnoreCase(label)) {
        return precision;
      }
    }
    throw new NstException(
        "There is no precision '" + label + "'; choose one of fp32, tf32, bf16, fp16.");
  }
}
