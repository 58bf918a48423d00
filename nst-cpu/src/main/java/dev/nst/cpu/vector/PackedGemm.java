package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;

/**
 * Matrix products {@code C = start + A B} in the manner of Goto and van de Geijn (2008): a block of
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

  /** What the columns of every panel start with where nothing else is given; never written. */
  static final float[] ZEROS = new float[Layout.OFFSET + MicroKernel.COLUMNS];

  private final PackedMatrix b;
  private final float[] start;
  private final boolean relu;

  /**
   * A product whose right factor is {@code b}.
   *
   * @param start what each column's sums start with, from element {@link Layout#OFFSET}, padded to
   *     whole panels; null means zeros. A product that accumulates starts with what the target
   *     holds instead.
   * @param relu whether the result is the maximum with 0
   */
  PackedGemm(PackedMatrix b, float[] start, boolean relu) {
    this.b = b;
    this.start = start == null ? ZEROS : start;
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
      boolean add = accumulate || slice > 0;
      side.a().write(work, firstRow, rows, slice);
      for (int panel = firstPanel; panel < endPanel; panel++) {
        multiplyPanel(side.c(), firstRow, rows, slice, panel, add, work);
        if (relu && slice == slices - 1) {
          rectify(side.c(), firstRow, rows, panel);
        }
      }
    }
  }

  private void multiplyPanel(
      TileTarget c, int firstRow, int rows, int slice, int panel, boolean add, float[] work) {
    boolean vectors = c.takesVectors(panel * MicroKernel.COLUMNS);
    for (int r = 0; r < rows; r += MicroKernel.ROWS) {
      int a = Layout.OFFSET + r * MicroKernel.A_STRIDE;
      if (vectors && r + MicroKernel.ROWS <= rows) {
        multiplyTile(c, firstRow + r, slice, panel, add, work, a);
      } else {
        multiplyEdge(c, firstRow + r, rows - r, slice, panel, add, work, a);
      }
    }
  }

  private void multiplyTile(
      TileTarget c, int row, int slice, int panel, boolean add, float[] work, int a) {
    int column = panel * MicroKernel.COLUMNS;
    int at = c.at(row, column);
    int secondVector = c.at(row, column + Simd.LANES) - at;
    MicroKernel.multiply(
        MicroKernel.ROWS,
        work,
        a,
        b.data(),
        b.panelStart(slice, panel),
        b.depthOf(slice),
        c.data(),
        at,
        c.rowStride(),
        secondVector,
        add ? c.data() : start,
        add ? at : startAt(column),
        add ? c.rowStride() : 0,
        add ? secondVector : Simd.LANES);
  }

  /** Stores the part of a tile that exists; the same sums in the same order as a whole tile's. */
  private void multiplyEdge(
      TileTarget c, int row, int rows, int slice, int panel, boolean add, float[] work, int a) {
    int column = panel * MicroKernel.COLUMNS;
    MicroKernel.multiply(
        Math.min(rows, MicroKernel.ROWS),
        work,
        a,
        b.data(),
        b.panelStart(slice, panel),
        b.depthOf(slice),
        work,
        EDGE_TILE,
        MicroKernel.COLUMNS,
        Simd.LANES,
        add ? ZEROS : start,
        add ? Layout.OFFSET : startAt(column),
        0,
        Simd.LANES);
    c.store(work, EDGE_TILE, row, Math.min(rows, MicroKernel.ROWS), column, add);
  }

  private int startAt(int column) {
    return start == ZEROS ? Layout.OFFSET : Layout.OFFSET + column;
  }

  private static void rectify(TileTarget c, int firstRow, int rows, int panel) {
    float[] data = c.data();
    int end = Math.min(c.columns(), (panel + 1) * MicroKernel.COLUMNS);
    for (int column = panel * MicroKernel.COLUMNS; column < end; ) {
      int at = c.at(firstRow, column);
      if (c.laneStride() == 1 && column + Simd.LANES <= end) {
        Elementwise.reluStrided(data, at, rows, c.rowStride());
        column += Simd.LANES;
      } else {
        for (int r = 0; r < rows; r++) {
          data[at + r * c.rowStride()] = Math.max(data[at + r * c.rowStride()], 0);
        }
        column++;
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
      int blocks = Layout.chunks(rows, MAX_ROWS);
      int groups = 1;
      if (products * blocks < threads) {
        groups = Math.min(panels, (threads + products * blocks - 1) / (products * blocks));
      } else if (products * blocks < 4 * threads) {
        blocks = (blocks + threads - 1) / threads * threads;
      }
      int tiles = Layout.chunks(rows, MicroKernel.ROWS);
      int rowsPerBlock = (tiles + blocks - 1) / blocks * MicroKernel.ROWS;
      return new Grid(products, Layout.chunks(rows, rowsPerBlock), rowsPerBlock, groups);
    }

    int tasks() {
      return products * rowBlocks * panelGroups;
    }
  }
}
