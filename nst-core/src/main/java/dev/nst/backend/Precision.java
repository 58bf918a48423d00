package dev.nst.backend;

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
  BF16
}
