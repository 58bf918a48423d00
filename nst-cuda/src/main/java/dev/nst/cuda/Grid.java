package dev.nst.cuda;

/**
 * How many threads run a kernel.
 *
 * @param blocksX blocks in the fastest direction
 * @param blocksY blocks in the second
 * @param blocksZ blocks in the third
 * @param threadsX threads of a block in the fastest direction
 * @param threadsY threads of a block in the second
 * @param sharedBytes dynamic shared memory of a block
 */
record Grid(int blocksX, int blocksY, int blocksZ, int threadsX, int threadsY, int sharedBytes) {

  /** Threads of a block in kernels with one dimension, {@code SUM_THREADS} of the reductions. */
  static final int THREADS = 256;

  /** Enough to fill any device several times over; kernels loop over the rest. */
  private static final int MOST_BLOCKS = 4096;

  /** Returns a grid for {@code threads} independent threads, or as many as make sense. */
  static Grid covering(long threads) {
    return blocks((int) Math.max(1, Math.min(MOST_BLOCKS, (threads + THREADS - 1) / THREADS)));
  }

  /** Returns a grid of so many blocks of {@link #THREADS} threads. */
  static Grid blocks(int blocks) {
    return new Grid(blocks, 1, 1, THREADS, 1, 0);
  }

  /** Returns a grid of one thread. */
  static Grid single() {
    return new Grid(1, 1, 1, 1, 1, 0);
  }

  Grid withSharedBytes(int bytes) {
    return new Grid(blocksX, blocksY, blocksZ, threadsX, threadsY, bytes);
  }
}
