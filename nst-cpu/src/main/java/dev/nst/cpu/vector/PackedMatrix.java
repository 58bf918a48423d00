package dev.nst.cpu.vector;

import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.WorkerPool;

/**
 * The right factor of a product, {@code [depth, columns]}, in the order in which {@link
 * MicroKernel} reads it: slices of {@code sliceDepth} rows; in each slice panels of {@link
 * MicroKernel#COLUMNS} columns, row after row; missing columns of the last panel are zero.
 */
final class PackedMatrix {

  /** The entries of a matrix. */
  @FunctionalInterface
  interface Entries {
    float at(int row, int column);
  }

  private final float[] data;
  private final int depth;
  private final int columns;
  private final int sliceDepth;
  private final int panels;

  private PackedMatrix(float[] data, int depth, int columns, int sliceDepth) {
    this.data = data;
    this.depth = depth;
    this.columns = columns;
    this.sliceDepth = sliceDepth;
    this.panels = panels(columns);
  }

  /**
   * Packs a matrix.
   *
   * @param sliceDepth rows of a slice, at most {@link MicroKernel#MAX_DEPTH}; the last slice may
   *     have fewer
   */
  static PackedMatrix pack(
      WorkerPool pool, int depth, int columns, int sliceDepth, Entries entries) {
    float[] data = HeapMemory.floats(length(depth, columns));
    return new PackedMatrix(data, depth, columns, sliceDepth).fill(pool, entries);
  }

  /** Packs a matrix into an array of at least {@link #length} numbers. */
  static PackedMatrix packInto(
      float[] data, WorkerPool pool, int depth, int columns, int sliceDepth, Entries entries) {
    return new PackedMatrix(data, depth, columns, sliceDepth).fill(pool, entries);
  }

  private PackedMatrix fill(WorkerPool pool, Entries entries) {
    pool.parallelFor(panels, (panel, worker) -> fillPanel(panel, entries));
    return this;
  }

  private void fillPanel(int panel, Entries entries) {
    int first = panel * MicroKernel.COLUMNS;
    int real = Math.min(MicroKernel.COLUMNS, columns - first);
    for (int k = 0; k < depth; k++) {
      int at = index(k, first);
      for (int j = 0; j < MicroKernel.COLUMNS; j++) {
        data[at + j] = j < real ? entries.at(k, first + j) : 0;
      }
    }
  }

  /** Returns the length of the array that holds such a matrix. */
  static long length(int depth, int columns) {
    return Layout.OFFSET + (long) depth * panels(columns) * MicroKernel.COLUMNS;
  }

  /** Returns the number of panels that hold so many columns. */
  static int panels(int columns) {
    return Layout.chunks(columns, MicroKernel.COLUMNS);
  }

  int panels() {
    return panels;
  }

  int columns() {
    return columns;
  }

  int slices() {
    return Layout.chunks(depth, sliceDepth);
  }

  /** Returns the rows of slice {@code slice}. */
  int depthOf(int slice) {
    return Math.min(sliceDepth, depth - slice * sliceDepth);
  }

  float[] data() {
    return data;
  }

  /** Returns where in {@link #data} a panel of a slice starts. */
  int panelStart(int slice, int panel) {
    return Layout.OFFSET
        + (slice * sliceDepth * panels + panel * depthOf(slice)) * MicroKernel.COLUMNS;
  }

  /** Returns one entry. */
  float at(int row, int column) {
    return data[index(row, column)];
  }

  private int index(int row, int column) {
    int slice = row / sliceDepth;
    return panelStart(slice, column / MicroKernel.COLUMNS)
        + (row - slice * sliceDepth) * MicroKernel.COLUMNS
        + column % MicroKernel.COLUMNS;
  }
}
