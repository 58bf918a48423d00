package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.cuda.Workspace.Scalar;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
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
  private final Kernels kernels;
  private final Workspace workspace;
  private final MatrixProducts products;
  private final Layout layout;

  GramMatrices(
      DeviceMemory memory,
      Kernels kernels,
      Workspace workspace,
      MatrixProducts products,
      Layout layout) {
    this.memory = memory;
    this.kernels = kernels;
    this.workspace = workspace;
    this.products = products;
    this.layout = layout;
  }

  /** See {@link Backend#gram}. */
  void forward(Tensor gram, Tensor features, float scale) {
    CUdeviceptr g = memory.pointer(gram);
    CUdeviceptr map = memory.pointer(features);
    DType type = features.type();
    Shape shape = features.shape();
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
    kernels
        .floats()
        .launch(
            "sum_matrices",
            Grid.covering(elements),
            new Arguments().pointer(g).pointer(sums).int32(partials).index(elements));
  }

  /**
   * See {@link Backend#gramBackward}. In float16 the matrix goes into the product divided by a
   * power of two near its largest element, and the product's alpha on the device takes that back;
   * the other types have float32's range.
   */
  void backward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    CUdeviceptr gradient = memory.pointer(dg);
    DType type = features.type();
    int channels = features.shape().c();
    CUdeviceptr alpha = workspace.scalar(Scalar.ALPHA);
    CUdeviceptr matrix = workspace.matrix(channels);
    Grid grid = Grid.covering((long) channels * channels);
    KernelModule module = kernels.of(features);
    CUdeviceptr largest = null;
    if (type == DType.F16) {
      largest = workspace.scalar(Scalar.LARGEST);
      memory.clear(largest, Integer.BYTES);
      module.launch(
          "gram_gradient_largest",
          grid,
          new Arguments().pointer(largest).pointer(gradient).int32(channels));
    }
    module.launch(
        "gram_gradient",
        grid,
        new Arguments()
            .pointer(matrix)
            .pointer(alpha)
            .pointer(largest)
            .pointer(gradient)
            .int32(channels)
            .float32(scale));
    CUdeviceptr beta = workspace.scalar(accumulate ? Scalar.ONE : Scalar.ZERO);
    products.gramBackward(
        memory.pointer(df), matrix, memory.pointer(features), type, features.shape(), alpha, beta);
  }
}
