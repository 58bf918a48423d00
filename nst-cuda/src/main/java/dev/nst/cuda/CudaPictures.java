package dev.nst.cuda;

import dev.nst.backend.PictureKernels;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** {@link PictureKernels} by kernels of our own. */
final class CudaPictures implements PictureKernels {

  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Workspace workspace;
  private final Losses losses;
  private final Elementwise elementwise;
  private final Layout layout;

  CudaPictures(
      DeviceMemory memory,
      Kernels kernels,
      Workspace workspace,
      Losses losses,
      Elementwise elementwise,
      Layout layout) {
    this.memory = memory;
    this.kernels = kernels;
    this.workspace = workspace;
    this.losses = losses;
    this.elementwise = elementwise;
    this.layout = layout;
  }

  @Override
  public void squaredVariation(Tensor loss, Tensor x, float straight, float diagonal) {
    Shape shape = x.shape();
    Grid grid = Losses.reduction(shape.size());
    kernels
        .floats()
        .launch(
            "squared_variation",
            grid,
            neighbours(
                    new Arguments().pointer(workspace.partials()).pointer(memory.pointer(x)), shape)
                .float32(straight)
                .float32(diagonal)
                .index(shape.size()));
    losses.sum(loss, grid.blocksX(), 1);
  }

  @Override
  public void squaredVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float straight, float diagonal, boolean accumulate) {
    Shape shape = x.shape();
    Arguments arguments =
        new Arguments()
            .pointer(memory.pointer(dx))
            .pointer(memory.pointer(x))
            .pointer(memory.pointer(gradLoss));
    kernels
        .floats()
        .launch(
            "squared_variation_backward",
            Grid.covering(shape.size()),
            neighbours(arguments, shape)
                .float32(straight)
                .float32(diagonal)
                .flag(accumulate)
                .index(shape.size()));
  }

  /** Adds the sides of a map and the steps to the neighbours right and below. */
  private Arguments neighbours(Arguments arguments, Shape shape) {
    return arguments
        .int32(shape.h())
        .int32(shape.w())
        .index(layout.positionStride(shape))
        .index(layout.positionStride(shape) * shape.w());
  }

  @Override
  public void clampChannels(Tensor x, float[] low, float[] high) {
    elementwise.forEachChannelGroup(
        "clamp_channels", x.shape(), high, low, () -> new Arguments().pointer(memory.pointer(x)));
  }

  @Override
  public void replicateEdges(Tensor y, Tensor x) {
    window(kernels.floats(), y, x, -1, true);
  }

  @Override
  public void replicateEdgesBackward(Tensor dx, Tensor dy) {
    Shape shape = dx.shape();
    kernels
        .floats()
        .launch(
            "fold_edges",
            Grid.covering(shape.size()),
            new Arguments()
                .pointer(memory.pointer(dx))
                .pointer(memory.pointer(dy))
                .ints(sides(shape))
                .index(shape.size()));
  }

  @Override
  public void cropEdges(Tensor y, Tensor x) {
    window(kernels.of(y), y, x, 1, false);
  }

  @Override
  public void cropEdgesBackward(Tensor dx, Tensor dy) {
    window(kernels.of(dx), dx, dy, -1, false);
  }

  /** Reads x from {@code first} rows and columns on, and beyond it its nearest element or 0. */
  private void window(KernelModule kernels, Tensor y, Tensor x, int first, boolean nearest) {
    kernels.launch(
        "window",
        Grid.covering(y.shape().size()),
        new Arguments()
            .pointer(memory.pointer(y))
            .pointer(memory.pointer(x))
            .ints(sides(y.shape()))
            .int32(x.shape().h())
            .int32(x.shape().w())
            .int32(first)
            .flag(nearest)
            .index(y.shape().size()));
  }

  /** A MapSides. */
  private int[] sides(Shape shape) {
    return new int[] {shape.c(), shape.h(), shape.w(), layout.isChannelsLast(shape) ? 1 : 0};
  }
}
