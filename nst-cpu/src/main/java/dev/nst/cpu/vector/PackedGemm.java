package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;

/**
 * Matrix products {@code C = init + A B} in the manner of Goto and van de Geijn (2008): a block of
 * A's rows that fits in the second-level cache meets B panel by panel, a tile of {@link
 * MicroKernel} at a time.
 *
 * <p>Each sum runs over the common dimension in slices, every slice in ascending order and then
 * added to those before. That order depends on neither the blocking of rows nor the threads.
 */
final class PackedGemm {

  /** Rows of A in a block: 192 x 592 x 4 bytes are 444 KiB of a second-level cache. */
  private static final int MAX_ROWS = 192;

  private static final int TILE = MicroKernel.ROWS * MicroKernel.COLUMNS;
  private static final int EDGE_TILE =
      Layout.OFFSET + (MAX_ROWS + MicroKernel.ROWS) * MicroKernel.A_STRIDE;

  /** Numbers that each worker needs as working space. */
  static final int WORKSPACE = EDGE_TILE + TILE;

  /** Numbers that no column starts with; as long as the longest possible row of columns in VGG. */
  private static final float[] NO_INIT = new float[Layout.OFFSET + MicroKernel.COLUMNS];

  private final PackedMatrix b;
  private final float[] init;
  private final boolean relu;

  /**
   * A product whose right factor is {@code b}.
   *
   * @param init what each column starts with, from element {@link Layout#OFFSET}, padded with zeros
   *     to whole panels; null means zeros
   * @param relu whether the result is the maximum with 0
   */
  PackedGemm(PackedMatrix b, float[] init, boolean relu) {
    this.b = b;
    this.init = init;
    this.relu = relu;
  }

  /** One left factor and where its product goes. */
  record Side(RowSource a, TileTarget c) {}

  /**
   * Computes products that have this right factor in common.
   *
   * @param rows rows of each left factor
   * @param accumulate whether the product is added to what the target holds
   */
  void multiply(WorkerPool pool, Workspace workspace, Side[] sides, int rows, boolean accumulate) {
    Grid grid = Grid.of(sides.length, rows, b.panels(), pool.threads());
    pool.parallelFor(
        grid.tasks(),
        (task, worker) -> {
          int group = task % grid.panelGroups();
          int block = task / grid.panelGroups();
          int firstRow = block % grid.rowBlocks() * grid.rowsPerBlock();
          multiplyBlock(
              sides[block / grid.rowBlocks()],
              firstRow,
              Math.min(grid.rowsPerBlock(), rows - firstRow),
              group * b.panels() / grid.panelGroups(),
              (group + 1) * b.panels() / grid.panelGroups(),
              accumulate,
              workspace.forWorker(worker, WORKSPACE));
        });
  }

  /**
   * Computes one block of at most {@value #MAX_ROWS} rows.
   *
   * @param work at least {@link #WORKSPACE} numbers
   */
  void multiplyBlock(
      Side side,
      int firstRow,
      int rows,
      int firstPanel,
      int endPanel,
      boolean accumulate,
      float[] work) {
    int slices = b.slices();
    for (int slice = 0; slice < slices; slice++) {
      side.a().write(work, firstRow, rows, slice);
      boolean add = accumulate || slice > 0;
      boolean last = slice == slices - 1;
      for (int panel = firstPanel; panel < endPanel; panel++) {
        for (int r = 0; r < rows; r += MicroKernel.ROWS) {
          int realRows = Math.min(MicroKernel.ROWS, rows - r);
          multiplyTile(side.c(), firstRow + r, realRows, slice, panel, add, last && relu, work, r);
        }
      }
    }
  }

  private void multiplyTile(
      TileTarget c,
      int row,
      int realRows,
      int slice,
      int panel,
      boolean add,
      boolean clamp,
      float[] work,
      int workRow) {
    int column = panel * MicroKernel.COLUMNS;
    boolean direct = realRows == MicroKernel.ROWS && c.takesVectors(column);
    boolean first = slice == 0 && init != null;
    MicroKernel.multiply(
        work,
        Layout.OFFSET + workRow * MicroKernel.A_STRIDE,
        b.data(),
        b.panelStart(slice, panel),
        b.depthOf(slice),
        direct ? c.data() : work,
        direct ? c.at(row, column) : EDGE_TILE,
        direct ? c.rowStride() : MicroKernel.COLUMNS,
        direct ? c.at(0, column + Simd.LANES) - c.at(0, column) : Simd.LANES,
        first ? init : NO_INIT,
        first ? Layout.OFFSET + column : Layout.OFFSET,
        direct && add,
        direct && clamp);
    if (!direct) {
      storeEdge(c, row, realRows, column, add, clamp, work);
    }
  }

  /** Stores the part of a tile that exists; the same sums in the same order as a whole tile's. */
  private static void storeEdge(
      TileTarget c, int row, int rows, int column, boolean add, boolean clamp, float[] work) {
    float[] data = c.data();
    int columns = Math.min(MicroKernel.COLUMNS, c.columns() - column);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = c.at(row + i, column + j);
        float value = work[EDGE_TILE + i * MicroKernel.COLUMNS + j];
        float sum = add ? value + data[at] : value;
        data[at] = clamp ? Math.max(sum, 0) : sum;
      }
    }
  }

  /**
   * How a product is cut into tasks. Results do not depend on it, so it may depend on the number of
   * threads.
   *
   * @param products left factors
   * @param rowBlocks blocks of rows of each
   * @param rowsPerBlock rows of each block but the last
   * @param panelGroups parts of the columns; more than one only where there are too few rows to
   *     share
   */
  private record Grid(int products, int rowBlocks, int rowsPerBlock, int panelGroups) {

    static Grid of(int products, int rows, int panels, int threads) {
      int blocks = (rows + MAX_ROWS - 1) / MAX_ROWS;
      int groups = 1;
      if (products * blocks < threads) {
        groups = Math.min(panels, (threads + products * blocks - 1) / (products * blocks));
      } else if (products * blocks < 4 * threads) {
        blocks = (blocks + threads - 1) / threads * threads;
      }
      int tiles = (rows + MicroKernel.ROWS - 1) / MicroKernel.ROWS;
      int rowsPerBlock = (tiles + blocks - 1) / blocks * MicroKernel.ROWS;
      return new Grid(products, (rows + rowsPerBlock - 1) / rowsPerBlock, rowsPerBlock, groups);
    }

    int tasks() {
      return products * rowBlocks * panelGroups;
    }
  }
}
