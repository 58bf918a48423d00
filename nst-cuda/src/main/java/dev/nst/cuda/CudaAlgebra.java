package dev.nst.cuda;

import dev.nst.backend.TensorAlgebra;
import dev.nst.cuda.Workspace.Scalar;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import jcuda.driver.CUdeviceptr;

/** {@link TensorAlgebra} by kernels of our own and cuBLAS's product. */
final class CudaAlgebra implements TensorAlgebra {

  private final DeviceMemory memory;
  private final Kernels kernels;
  private final Workspace workspace;
  private final MatrixProducts products;
  private final Losses losses;
  private final Layout layout;

  CudaAlgebra(
      DeviceMemory memory,
      Kernels kernels,
      Workspace workspace,
      MatrixProducts products,
      Losses losses,
      Layout layout) {
    this.memory = memory;
    this.kernels = kernels;
    this.workspace = workspace;
    this.products = products;
    this.losses = losses;
    this.layout = layout;
  }

  @Override
  public void dot(Tensor result, Tensor a, Tensor b) {
    Grid grid = Losses.reduction(a.shape().size());
    kernels
        .floats()
        .launch(
            "dot",
            grid,
            new Arguments()
                .pointer(workspace.partials())
                .pointer(memory.pointer(a))
                .pointer(memory.pointer(b))
                .index(a.shape().size()));
    losses.sum(result, grid.blocksX(), 1);
  }

  @Override
  public void absoluteSum(Tensor result, Tensor x) {
    Grid grid = Losses.reduction(x.shape().size());
    kernels
        .of(x)
        .launch(
            "absolute_sum",
            grid,
            new Arguments()
                .pointer(workspace.partials())
                .pointer(memory.pointer(x))
                .index(x.shape().size()));
    losses.sum(result, grid.blocksX(), 1);
  }

  @Override
  public void addScaled(Tensor y, Tensor x, float factor) {
    kernels
        .floats()
        .launch(
            "add_scaled",
            Grid.covering(y.shape().size()),
            new Arguments()
                .pointer(memory.pointer(y))
                .pointer(memory.pointer(x))
                .float32(factor)
                .index(y.shape().size()));
  }

  @Override
  public void scaleByPower(
      Tensor y, Tensor x, Tensor base, float offset, float exponent, float factor) {
    CUdeviceptr number = workspace.scalar(Scalar.POWER);
    kernels
        .floats()
        .launch(
            "power_of_scalar",
            Grid.single(),
            new Arguments()
                .pointer(number)
                .pointer(memory.pointer(base))
                .float32(offset)
                .float32(exponent)
                .float32(factor));
    kernels
        .of(y)
        .launch(
            "scale_by_number",
            Grid.covering(y.shape().size()),
            new Arguments()
                .pointer(memory.pointer(y))
                .pointer(memory.pointer(x))
                .pointer(number)
                .index(y.shape().size()));
  }

  @Override
  public void channelMeans(Tensor mean, Tensor x) {
    Shape shape = x.shape();
    kernels
        .of(x)
        .launch(
            "channel_means",
            Grid.blocks(shape.c()),
            new Arguments()
                .pointer(memory.pointer(mean))
                .pointer(memory.pointer(x))
                .index(layout.channelStride(shape))
                .index(layout.positionStride(shape))
                .index(shape.area()));
  }

  @Override
  public void addToChannels(Tensor x, Tensor v) {
    Shape shape = x.shape();
    kernels
        .of(x)
        .launch(
            "add_to_channels",
            Grid.covering(shape.size()),
            new Arguments()
                .pointer(memory.pointer(x))
                .pointer(memory.pointer(v))
                .index(layout.channelStride(shape))
                .int32(shape.c())
                .index(shape.size()));
  }

  @Override
  public void covariance(Tensor s, Tensor moment, Tensor mean, float ridge) {
    long n = s.shape().size();
    kernels
        .floats()
        .launch(
            "covariance",
            Grid.covering(n),
            new Arguments()
                .pointer(memory.pointer(s))
                .pointer(memory.pointer(moment))
                .pointer(memory.pointer(mean))
                .float32(ridge)
                .int32(s.shape().w())
                .index(n));
  }

  @Override
  public void product(Tensor c, Tensor a, Tensor b, float alpha) {
    products.exactGemm(
        memory.pointer(c),
        memory.pointer(a),
        memory.pointer(b),
        a.shape().h(),
        a.shape().w(),
        b.shape().w(),
        alpha);
  }

  @Override
  public void multiplyMask(Tensor y, Tensor x, Tensor mask) {
    Shape shape = x.shape();
    kernels
        .of(x)
        .launch(
            "multiply_mask",
            Grid.covering(shape.size()),
            new Arguments()
                .pointer(memory.pointer(y))
                .pointer(memory.pointer(x))
                .pointer(memory.pointer(mask))
                .index(layout.positionStride(shape))
                .index(shape.area())
                .index(shape.size()));
  }
}
