package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Losses and their gradients. Sums are taken in two kernels, by blocks and then over the blocks, in
 * float64 and in a fixed order.
 */
final class Losses {

  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Workspace workspace;
  private final Layout layout;

  Losses(DeviceMemory memory, Kernels kernels, Workspace workspace, Layout layout) {
    this.memory = memory;
    this.kernels = kernels;
    this.workspace = workspace;
    this.layout = layout;
  }

  /** Returns a grid whose blocks each leave one partial sum in the workspace. */
  static Grid reduction(long elements) {
    long blocks = (elements + Grid.THREADS - 1) / Grid.THREADS;
    return Grid.blocks((int) Math.max(1, Math.min(Workspace.PARTIAL_SUMS, blocks)));
  }

  /** {@code loss = factor *} the sum of the partial sums. */
  void sum(Tensor loss, int partials, double factor) {
    kernels
        .floats()
        .launch(
            "sum_partials",
            Grid.blocks(1),
            new Arguments()
                .pointer(memory.pointer(loss))
                .pointer(workspace.partials())
                .int32(partials)
                .float64(factor));
  }

  /** See {@link Backend#meanSquaredError}. */
  void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    long n = a.shape().size();
    Grid grid = reduction(n);
    kernels
        .of(a)
        .launch(
            "squared_differences",
            grid,
            new Arguments()
                .pointer(workspace.partials())
                .pointer(memory.pointer(a))
                .pointer(memory.pointer(b))
                .index(n));
    sum(loss, grid.blocksX(), (double) weight / n);
  }

  /** See {@link Backend#meanSquaredErrorBackward}. */
  void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    long n = a.shape().size();
    kernels
        .of(a)
        .launch(
            "mean_squared_error_backward",
            Grid.covering(n),
            new Arguments()
                .pointer(memory.pointer(da))
                .pointer(memory.pointer(a))
                .pointer(memory.pointer(b))
                .pointer(memory.pointer(gradLoss))
                .float32((float) (2.0 * weight / n))
                .flag(accumulate)
                .index(n));
  }

  /** See {@link Backend#totalVariation}. */
  void totalVariation(Tensor loss, Tensor x, float across, float down) {
    Shape shape = x.shape();
    Grid grid = reduction(shape.size());
    kernels
        .floats()
        .launch(
            "total_variation",
            grid,
            new Arguments()
                .pointer(workspace.partials())
                .pointer(memory.pointer(x))
                .int32(shape.h())
                .int32(shape.w())
                .index(layout.positionStride(shape))
                .index(layout.positionStride(shape) * shape.w())
                .float64(across * perPair(shape, shape.h(), shape.w() - 1))
                .float64(down * perPair(shape, shape.h() - 1, shape.w()))
                .index(shape.size()));
    sum(loss, grid.blocksX(), 1);
  }

  /** See {@link Backend#totalVariationBackward}. */
  void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    Shape shape = x.shape();
    kernels
        .floats()
        .launch(
            "total_variation_backward",
            Grid.covering(shape.size()),
            new Arguments()
                .pointer(memory.pointer(dx))
                .pointer(memory.pointer(x))
                .pointer(memory.pointer(gradLoss))
                .int32(shape.h())
                .int32(shape.w())
                .index(layout.positionStride(shape))
                .index(layout.positionStride(shape) * shape.w())
                .float32((float) (across * perPair(shape, shape.h(), shape.w() - 1)))
                .float32((float) (down * perPair(shape, shape.h() - 1, shape.w())))
                .flag(accumulate)
                .index(shape.size()));
  }

  /** One over the number of pairs of neighbours; 0 where there is none. */
  private static double perPair(Shape shape, int rows, int columns) {
    long pairs = (long) shape.n() * shape.c() * rows * columns;
    return pairs == 0 ? 0 : 1.0 / pairs;
  }
}
