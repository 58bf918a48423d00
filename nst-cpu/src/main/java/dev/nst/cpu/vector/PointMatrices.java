package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;

/**
 * The right factors {@code [depth, columns]} of the products at the 36 points of {@link Winograd},
 * each in the order in which {@link MicroKernel} reads it: slices of {@link #SLICE_DEPTH} rows; in
 * each slice panels of {@link MicroKernel#COLUMNS} columns, row after row; missing columns of the
 * last panel are zero.
 */
final class PointMatrices {

  /** Blocks of channels in a slice. */
  static final int SLICE_BLOCKS = 32;

  /** Rows of a slice. */
  static final int SLICE_DEPTH = SLICE_BLOCKS * Layout.BLOCK;

  private final float[] data;
  private final int depth;
  private final int columns;
  private final int panels;

  PointMatrices(int depth, int columns) {
    this.data = HeapMemory.floats(length(depth, columns));
    this.depth = depth;
    this.columns = columns;
    this.panels = PackedMatrix.panels(columns);
  }

  /** Returns the length of the array that holds such matrices. */
  static long length(int depth, int columns) {
    long panels = PackedMatrix.panels(columns);
    return Layout.OFFSET + Winograd.POINTS * depth * panels * MicroKernel.COLUMNS;
  }

  int depth() {
    return depth;
  }

  int columns() {
    return columns;
  }

  int panels() {
    return panels;
  }

  int slices() {
    return Layout.chunks(depth, SLICE_DEPTH);
  }

  /** Returns the rows of slice {@code slice}. */
  int depthOf(int slice) {
    return Math.min(SLICE_DEPTH, depth - slice * SLICE_DEPTH);
  }

  float[] data() {
    return data;
  }

  /** Returns the numbers of one point's matrix. */
  int pointSize() {
    return depth * panels * MicroKernel.COLUMNS;
  }

  /** Returns where in {@link #data} a panel of a slice of a point's matrix starts. */
  int panelStart(int point, int slice, int panel) {
    return Layout.OFFSET
        + point * pointSize()
        + (slice * SLICE_DEPTH * panels + panel * depthOf(slice)) * MicroKernel.COLUMNS;
  }

  /** Returns where in {@link #data} an entry of point 0 lies; others follow by point size. */
  int index(int row, int column) {
    int slice = row / SLICE_DEPTH;
    return panelStart(0, slice, column / MicroKernel.COLUMNS)
        + (row - slice * SLICE_DEPTH) * MicroKernel.COLUMNS
        + column % MicroKernel.COLUMNS;
  }
}
