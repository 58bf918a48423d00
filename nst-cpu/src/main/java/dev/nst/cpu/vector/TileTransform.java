package dev.nst.cpu.vector;

/**
 * The transforms {@code Bt d B} and {@code At m A} of {@link Winograd} for one tile of one block of
 * channels, a vector holding neighbouring channels. Both transform lines in one direction into
 * working space, a block of channels for each of the points, and from there lines in the other.
 *
 * <p>The loops over lines stand in each implementation, though they read alike: there the number of
 * lines is a constant and what is called in the loop is one static method, so that the JIT compiler
 * unrolls the loop and inlines the method, whichever of the two a program runs first.
 */
interface TileTransform {

  /**
   * Transforms a tile of the input.
   *
   * @param x features
   * @param at index in x of the tile's pixel (0, 0)
   * @param rowStep numbers from one row to the next
   * @param stage working space, from {@code stageAt}
   * @param v where the points go
   * @param to index in v of a point at 0
   * @param pointAt what to add for each point, in equal steps from one row of points to the next
   */
  void input(
      float[] x, int at, int rowStep, float[] stage, int stageAt, float[] v, int to, int[] pointAt);

  /**
   * Transforms the products of a tile into pixels: {@code y = max(At m A + bias, floor)}.
   *
   * @param m products
   * @param at index in m of point 0
   * @param pointStep numbers from one point to the next
   * @param stage working space, from {@code stageAt}
   * @param bias from {@code biasAt} a number for each channel
   * @param floor 0 for a ReLU, minus infinity for none; NaN stays NaN
   * @param y where the pixels go
   * @param to index in y of the tile's pixel (0, 0)
   * @param rowStep numbers from one row of y to the next
   */
  void output(
      float[] m,
      int at,
      int pointStep,
      float[] stage,
      int stageAt,
      float[] bias,
      int biasAt,
      float floor,
      float[] y,
      int to,
      int rowStep);
}
