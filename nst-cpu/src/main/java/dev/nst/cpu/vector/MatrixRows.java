package dev.nst.cpu.vector;

/**
 * The rows of a row-major matrix that starts at {@link Layout#OFFSET}.
 *
 * @param data the matrix
 * @param columns its columns
 */
record MatrixRows(float[] data, int columns) implements RowSource {

  /** Columns of a slice. */
  static final int SLICE_DEPTH = MicroKernel.MAX_DEPTH;

  @Override
  public void write(float[] a, int first, int count, int slice) {
    int from = slice * SLICE_DEPTH;
    int length = Math.min(SLICE_DEPTH, columns - from);
    for (int r = 0; r < count; r++) {
      System.arraycopy(
          data,
          Layout.OFFSET + (first + r) * columns + from,
          a,
          Layout.OFFSET + r * MicroKernel.A_STRIDE,
          length);
    }
  }
}
