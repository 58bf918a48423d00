package dev.nst.cpu.scalar;

import dev.nst.tensor.Storage;

/** A row-major NCHW float array. */
final class ScalarStorage implements Storage {

  private float[] data;
  private final long bytes;

  ScalarStorage(float[] data) {
    this.data = data;
    this.bytes = (long) data.length * Float.BYTES;
  }

  float[] data() {
    return data;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void free() {
    data = null;
  }
}
