package dev.nst.cpu.vector;

import dev.nst.tensor.Storage;

/** A float array in the order of {@link Layout}. */
final class VectorStorage implements Storage {

  private float[] data;
  private final long bytes;

  VectorStorage(float[] data) {
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
