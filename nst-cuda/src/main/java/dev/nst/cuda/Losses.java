package dev.nst.cuda;

import dev.nst.tensor.Shape;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/**
 * Losses and their gradients. Sums are taken in two kernels, by blocks and then over the blocks, in
 * float64 and in a fixed order.
 */
final class Losses {

  private final KernelModule features;
  private final KernelModule floats;
  private final Workspace workspace;
  private final Layout layout;

  Losses(KernelModule features, KernelModule floats, Workspace workspace, Layout layout) {
    this.features = features;
    this.floats = floats;
    this.workspace = workspace;
    this.layout = layout;
  }

  private KernelModule kernels(boolean float32) {
    return float32 ? floats : features;
  }

  /** Returns a grid whose blocks each leave one partial sum in the workspace. */
  static Grid reduction(long elements) {
    long blocks = (elements + Grid.THREADS - 1) / Grid.THREADS;
    return Grid.blocks((int) Math.max(1, Math.min(Workspace.PARTIAL_SUMS, blocks)));
  }

  /** {@code loss = factor *} the sum of the partial sums. */
  void sum(CUdeviceptr loss, int partials, double factor) {
    floats.launch(
        "sum_partials",
        Grid.blocks(1),
        new Arguments()
            .pointer(loss)
            .pointer(workspace.partials())
            .int32(partials)
            .float64(factor));
  }

  /** {@code loss = weight * mean((a - b)^2)}. */
  void meanSquaredError(
      CUdeviceptr loss, CUdeviceptr a, CUdeviceptr b, long n, boolean float32, float weight) {
    Grid grid = reduction(n);
    kernels(float32)
        .launch(
            "squared_differences",
            grid,
            new Arguments().pointer(workspace.partials()).pointer(a).pointer(b).index(n));
    sum(loss, grid.blocksX(), (double) weight / n);
  }

  /** {@code da (+)= gradLoss * 2 * weight / n * (a - b)}. */
  void meanSquaredErrorBackward(
      CUdeviceptr da,
      CUdeviceptr a,
      CUdeviceptr b,
      Pointer gradLoss,
      long n,
      boolean float32,
      float weight,
      boolean accumulate) {
    kernels(float32)
        .launch(
            "mean_squared_error_backward",
            Grid.covering(n),
            new Arguments()
                .pointer(da)
                .pointer(a)
                .pointer(b)
                .pointer(gradLoss)
                .float32((float) (2.0 * weight / n))
                .flag(accumulate)
                .index(n));
  }

  /** {@code loss = across * mean |dx| across + down * mean |dx| down} of a float32 map. */
  void totalVariation(CUdeviceptr loss, CUdeviceptr x, Shape shape, float across, float down) {
    Grid grid = reduction(shape.size());
    floats.launch(
        "total_variation",
        grid,
        new Arguments()
            .pointer(workspace.partials())
            .pointer(x)
            .int32(shape.h())
            .int32(shape.w())
            .index(layout.positionStride(shape))
            .index(layout.positionStride(shape) * shape.w())
            .float64(across * perPair(shape, shape.h(), shape.w() - 1))
            .float64(down * perPair(shape, shape.h() - 1, shape.w()))
            .index(shape.size()));
    sum(loss, grid.blocksX(), 1);
  }

  /** Gradient of {@link #totalVariation}. */
  void totalVariationBackward(
      CUdeviceptr dx,
      CUdeviceptr x,
      Pointer gradLoss,
      Shape shape,
      float across,
      float down,
      boolean accumulate) {
    floats.launch(
        "total_variation_backward",
        Grid.covering(shape.size()),
        new Arguments()
            .pointer(dx)
            .pointer(x)
            .pointer(gradLoss)
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
