package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;

/**
 * The right factors {@code [depth, columns]} of the products at the points of {@link Winograd}, in
 * the order in which {@link WinogradConvolution} reads them: strips of {@link #STRIP} columns; in
 * each strip point after point; for each point slices of {@link #SLICE_DEPTH} rows; in each slice
 * panels of {@link MicroKernel#COLUMNS} columns, row after row. Missing columns of the last panel
 * are zero.
 */
final class PointMatrices {

  /** Columns of a strip: whole panels and whole blocks of channels at every vector width. */
  static final int STRIP = 64;

  /** Panels of a strip. */
  static final int STRIP_PANELS = STRIP / MicroKernel.COLUMNS;

  /** Blocks of channels in a slice. */
  static final int SLICE_BLOCKS = 32;

  /** Rows of a slice. */
  static final int SLICE_DEPTH = SLICE_BLOCKS * Layout.BLOCK;

  private final float[] data;
  private final int points;
  private final int depth;
  private final int columns;
  private final int panels;

  PointMatrices(int points, int depth, int columns) {
    this.data = HeapMemory.floats(length(points, depth, columns));
    this.points = points;
    this.depth = depth;
    this.columns = columns;
    this.panels = PackedMatrix.panels(columns);
  }

  /** Returns the length of the array that holds such matrices. */
  static long length(int points, int depth, int columns) {
    long panels = PackedMatrix.panels(columns);
    return Layout.OFFSET + points * depth * panels * MicroKernel.COLUMNS;
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

  int strips() {
    return Layout.chunks(panels, STRIP_PANELS);
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

  /** Returns where in {@link #data} a panel of a slice of a point's matrix starts. */
  int panelStart(int point, int slice, int panel) {
    int strip = panel / STRIP_PANELS;
    int first = strip * STRIP_PANELS;
    int panelsOfStrip = Math.min(STRIP_PANELS, panels - first);
    int rows =
        points * depth * first
            + point * depth * panelsOfStrip
            + slice * SLICE_DEPTH * panelsOfStrip
            + (panel - first) * depthOf(slice);
    return Layout.OFFSET + rows * MicroKernel.COLUMNS;
  }

  /** Returns where in {@link #data} an entry of a point's matrix lies. */
  int index(int point, int row, int column) {
    int slice = row / SLICE_DEPTH;
    return panelStart(point, slice, column / MicroKernel.COLUMNS)
        + (row - slice * SLICE_DEPTH) * MicroKernel.COLUMNS
        + column % MicroKernel.COLUMNS;
  }
}
