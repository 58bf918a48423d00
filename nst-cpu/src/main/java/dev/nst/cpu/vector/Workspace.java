package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;

/**
 * Working space of kernels: grows to the largest wish and stays, so that repeated work allocates
 * nothing.
 */
final class Workspace {

  private final float[][] perWorker;
  private float[] shared = new float[0];
  private double[] sums = new double[0];

  Workspace(int workers) {
    perWorker = new float[workers][];
  }

  /** Returns at least {@code length} numbers of undefined contents that only this worker uses. */
  float[] forWorker(int worker, long length) {
    float[] mine = perWorker[worker];
    if (mine == null || mine.length < length) {
      mine = HeapMemory.floats(length);
      perWorker[worker] = mine;
    }
    return mine;
  }

  /** Returns at least {@code length} numbers of undefined contents for the whole kernel. */
  float[] shared(long length) {
    if (shared.length < length) {
      shared = HeapMemory.floats(length);
    }
    return shared;
  }

  /**
   * Returns at least {@code length} doubles of undefined contents for a reduction's partial sums.
   */
  double[] sums(int length) {
    if (sums.length < length) {
      sums = new double[length];
    }
    return sums;
  }
}
