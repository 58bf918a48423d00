package dev.nst.cpu.vector;

/**
 * The left factor of a product, whose rows are made on the fly from a feature map or a matrix: a
 * convolution never writes out the matrix of all its 3x3 neighbourhoods, only as many rows as the
 * cache holds.
 */
interface RowSource {

  /**
   * Writes rows, {@link MicroKernel#A_STRIDE} apart.
   *
   * @param a destination, first row at {@link Layout#OFFSET}
   * @param first first row
   * @param count number of rows
   * @param slice which columns, as in the {@link PackedMatrix} of the same product
   */
  void write(float[] a, int first, int count, int slice);
}
