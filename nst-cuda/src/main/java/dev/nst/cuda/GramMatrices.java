package dev.nst.cuda;

import dev.nst.cuda.Workspace.Scalar;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import jcuda.driver.CUdeviceptr;

/** Gram matrices of feature maps and their gradients, around the products of cuBLAS. */
final class GramMatrices {

  /**
   * Positions that one product sums. A Gram matrix of early layers is small and its sums are long:
   * cut, many products run side by side, and none adds up so many numbers that float32 loses bits:
   * with 4096, an H100 was off by 1.5e-5 of the sum, more than the contract allows.
   */
  private static final int POSITIONS = 1024;

  private final DeviceMemory memory;
  private final KernelModule features;
  private final KernelModule floats;
  private final Workspace workspace;
  private final MatrixProducts products;
  private final Layout layout;

  GramMatrices(
      DeviceMemory memory,
      KernelModule features,
      KernelModule floats,
      Workspace workspace,
      MatrixProducts products,
      Layout layout) {
    this.memory = memory;
    this.features = features;
    this.floats = floats;
    this.workspace = workspace;
    this.products = products;
    this.layout = layout;
  }

  /** {@code g = scale * F Ft}, F being [C, P]. */
  void forward(CUdeviceptr g, CUdeviceptr map, DType type, Shape shape, float scale) {
    int channels = shape.c();
    int positions = shape.area();
    boolean last = layout.isChannelsLast(shape);
    int partials = positions / POSITIONS;
    long matrixBytes = (long) channels * channels * Float.BYTES;
    // What cuDNN leaves to others between its calls holds the partial matrices.
    int room = (int) Math.min(Integer.MAX_VALUE, workspace.cudnnBytes() / matrixBytes);
    int length = POSITIONS;
    if (partials >= room) {
      length = (positions + room - 2) / Math.max(1, room - 1);
      partials = positions / length;
    }
    if (partials < 2 || room < 3) {
      products.gram(g, map, type, last, channels, positions, positions, 1, scale);
      return;
    }
    CUdeviceptr sums = workspace.cudnn();
    products.gram(sums, map, type, last, channels, positions, length, partials, scale);
    int rest = positions - partials * length;
    if (rest > 0) {
      long first = (long) partials * length * (last ? channels : 1) * type.bytes();
      products.gram(
          sums.withByteOffset(partials * matrixBytes),
          map.withByteOffset(first),
          type,
          last,
          channels,
          positions,
          rest,
          1,
          scale);
      partials++;
    }
    long elements = (long) channels * channels;
    floats.launch(
        "sum_matrices",
        Grid.covering(elements),
        new Arguments().pointer(g).pointer(sums).int32(partials).index(elements));
  }

  /**
   * {@code df (+)= scale * (dG + dGt) F}. In float16 the matrix goes into the product divided by a
   * power of two near its largest element, and the product's alpha on the device takes that back;
   * the other types have float32's range.
   */
  void backward(
      CUdeviceptr df,
      CUdeviceptr dg,
      CUdeviceptr map,
      DType type,
      Shape shape,
      float scale,
      boolean accumulate) {
    int channels = shape.c();
    CUdeviceptr alpha = workspace.scalar(Scalar.ALPHA);
    CUdeviceptr matrix = workspace.matrix(channels);
    Grid grid = Grid.covering((long) channels * channels);
    KernelModule kernels = type == DType.F32 ? floats : features;
    CUdeviceptr largest = null;
    if (type == DType.F16) {
      largest = workspace.scalar(Scalar.LARGEST);
      memory.clear(largest, Integer.BYTES);
      kernels.launch(
          "gram_gradient_largest",
          grid,
          new Arguments().pointer(largest).pointer(dg).int32(channels));
    }
    kernels.launch(
        "gram_gradient",
        grid,
        new Arguments()
            .pointer(matrix)
            .pointer(alpha)
            .pointer(largest)
            .pointer(dg)
            .int32(channels)
            .float32(scale));
    CUdeviceptr beta = workspace.scalar(accumulate ? Scalar.ONE : Scalar.ZERO);
    products.gramBackward(df, matrix, map, type, shape, alpha, beta);
  }
}
