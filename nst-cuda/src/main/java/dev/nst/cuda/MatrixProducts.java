package dev.nst.cuda;

import dev.nst.backend.Precision;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.runtime.cudaStream_t;

/**
 * Matrix products and Gram matrices by cuBLAS, which reads matrices by columns: a row-major matrix
 * is its transposed one there.
 */
final class MatrixProducts implements AutoCloseable {

  private static final int N = cublasOperation.CUBLAS_OP_N;
  private static final int T = cublasOperation.CUBLAS_OP_T;

  private final CudaStream stream;
  private final Workspace workspace;
  private final Layout layout;
  private final int computeType;

  /** Float32 without exception: the handle's math mode, which allows TF32, does not reach it. */
  private final int exactComputeType;

  private final cublasHandle handle = new cublasHandle();

  MatrixProducts(CudaStream stream, Workspace workspace, Layout layout, Precision precision) {
    this.stream = stream;
    this.workspace = workspace;
    this.layout = layout;
    computeType =
        precision == Precision.TF32
            ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
            : cublasComputeType.CUBLAS_COMPUTE_32F;
    exactComputeType =
        precision == Precision.TF32
            ? cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC
            : cublasComputeType.CUBLAS_COMPUTE_32F;
    stream.enter();
    Checked.cublas("cublasCreate", () -> JCublas2.cublasCreate(handle));
    boolean complete = false;
    try {
      Checked.cublas(
          "cublasSetStream",
          () -> JCublas2.cublasSetStream(handle, new cudaStream_t(stream.handle())));
      // A workspace of ours: cuBLAS's own would be allocated while a graph is recorded.
      Checked.cublas(
          "cublasSetWorkspace",
          () -> JCublas2.cublasSetWorkspace(handle, workspace.cublas(), workspace.cublasBytes()),
          () -> workspace.cublasBytes() + " bytes");
      Checked.cublas(
          "cublasSetMathMode",
          () ->
              JCublas2.cublasSetMathMode(
                  handle,
                  // Partial sums stay float32 where a product is split, whatever its result is.
                  cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION
                      | (precision == Precision.TF32
                          ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH
                          : cublasMath.CUBLAS_DEFAULT_MATH)));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** A matrix as cuBLAS sees it: where it lies, its type and the steps between columns. */
  private record Operand(CUdeviceptr pointer, DType type, int leadingDimension) {}

  /** {@code c = alpha * a * b} on row-major float32 matrices: there, ct = alpha * bt * at. */
  void gemm(
      CUdeviceptr c, CUdeviceptr a, CUdeviceptr b, int rows, int inner, int columns, float alpha) {
    gemm(c, a, b, rows, inner, columns, alpha, computeType);
  }

  /** {@link #gemm} in float32, also where the others round to TF32. */
  void exactGemm(
      CUdeviceptr c, CUdeviceptr a, CUdeviceptr b, int rows, int inner, int columns, float alpha) {
    gemm(c, a, b, rows, inner, columns, alpha, exactComputeType);
  }

  private void gemm(
      CUdeviceptr c,
      CUdeviceptr a,
      CUdeviceptr b,
      int rows,
      int inner,
      int columns,
      float alpha,
      int compute) {
    multiply(
        compute,
        N,
        N,
        columns,
        rows,
        inner,
        new Operand(b, DType.F32, columns),
        new Operand(a, DType.F32, inner),
        new Operand(c, DType.F32, columns),
        cublasPointerMode.CUBLAS_POINTER_MODE_HOST,
        Pointer.to(new float[] {alpha}),
        Pointer.to(new float[] {0}));
  }

  /**
   * {@code g = scale * F Ft} for {@code count} pieces F of a map, each of {@code length} positions
   * and right after the one before; the results lie one after the other too.
   *
   * @param channelsLast whether the map is [positions, channels] by rows, or [channels, positions]
   */
  void gram(
      CUdeviceptr g,
      CUdeviceptr map,
      DType type,
      boolean channelsLast,
      int channels,
      int positions,
      int length,
      int count,
      float scale) {
    // Channels last, the map by rows is F by columns; planar, it is Ft by columns.
    int leading = channelsLast ? channels : positions;
    long step = channelsLast ? (long) length * channels : length;
    int dataType = Layout.cublasType(type);
    Pointer alpha = Pointer.to(new float[] {scale});
    Pointer beta = Pointer.to(new float[] {0});
    setPointerMode(cublasPointerMode.CUBLAS_POINTER_MODE_HOST);
    Checked.cublas(
        "cublasGemmStridedBatchedEx",
        () ->
            JCublas2.cublasGemmStridedBatchedEx_new(
                handle,
                channelsLast ? N : T,
                channelsLast ? T : N,
                channels,
                channels,
                length,
                alpha,
                map,
                dataType,
                leading,
                step,
                map,
                dataType,
                leading,
                step,
                beta,
                g,
                Layout.cublasType(DType.F32),
                channels,
                (long) channels * channels,
                count,
                computeType,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
        () ->
            "%d Gram matrices of %d channels over %d positions each, %s, on %s"
                .formatted(count, channels, length, type, stream.device().name()));
  }

  /**
   * {@code df = alpha * S F + beta * df}.
   *
   * @param s symmetric matrix of the features' type
   * @param alpha on the device
   * @param beta on the device
   */
  void gramBackward(
      CUdeviceptr df,
      CUdeviceptr s,
      CUdeviceptr features,
      DType type,
      Shape shape,
      CUdeviceptr alpha,
      CUdeviceptr beta) {
    int channels = shape.c();
    int positions = shape.area();
    Operand matrix = new Operand(s, type, channels);
    if (layout.isChannelsLast(shape)) {
      Operand map = new Operand(features, type, channels);
      Operand result = new Operand(df, type, channels);
      multiply(
          computeType,
          N,
          N,
          channels,
          positions,
          channels,
          matrix,
          map,
          result,
          cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE,
          alpha,
          beta);
    } else {
      Operand map = new Operand(features, type, positions);
      Operand result = new Operand(df, type, positions);
      multiply(
          computeType,
          N,
          N,
          positions,
          channels,
          channels,
          map,
          matrix,
          result,
          cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE,
          alpha,
          beta);
    }
  }

  /** {@code c = alpha * op(a) * op(b) + beta * c}, [m, n] = [m, k] [k, n], by columns. */
  private void multiply(
      int compute,
      int opA,
      int opB,
      int m,
      int n,
      int k,
      Operand a,
      Operand b,
      Operand c,
      int pointerMode,
      Pointer alpha,
      Pointer beta) {
    setPointerMode(pointerMode);
    Checked.cublas(
        "cublasGemmEx",
        () ->
            JCublas2.cublasGemmEx_new(
                handle,
                opA,
                opB,
                m,
                n,
                k,
                alpha,
                a.pointer(),
                Layout.cublasType(a.type()),
                a.leadingDimension(),
                b.pointer(),
                Layout.cublasType(b.type()),
                b.leadingDimension(),
                beta,
                c.pointer(),
                Layout.cublasType(c.type()),
                c.leadingDimension(),
                compute,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
        () ->
            "[%d, %d] times [%d, %d], %s to %s, on %s"
                .formatted(m, k, k, n, a.type(), c.type(), stream.device().name()));
  }

  /** Says where alpha and beta lie; with the context current on this thread. */
  private void setPointerMode(int mode) {
    stream.enter();
    Checked.cublas("cublasSetPointerMode", () -> JCublas2.cublasSetPointerMode(handle, mode));
  }

  /** Multiplies square matrices of one type, for measuring. */
  void square(CUdeviceptr c, CUdeviceptr a, CUdeviceptr b, DType type, int size) {
    multiply(
        computeType,
        N,
        N,
        size,
        size,
        size,
        new Operand(a, type, size),
        new Operand(b, type, size),
        new Operand(c, type, size),
        cublasPointerMode.CUBLAS_POINTER_MODE_HOST,
        Pointer.to(new float[] {1}),
        Pointer.to(new float[] {0}));
  }

  /** Returns cuBLAS's version, as in "12.6.4". */
  static String version() {
    // MAJOR_VERSION, MINOR_VERSION and PATCH_LEVEL of libraryPropertyType.
    return property(0) + "." + property(1) + "." + property(2);
  }

  /** Returns the CUDA version that cuBLAS is part of, without what comes after the point. */
  static int majorVersion() {
    return property(0);
  }

  private static int property(int which) {
    int[] value = new int[1];
    Checked.cublas("cublasGetProperty", () -> JCublas2.cublasGetProperty(which, value));
    return value[0];
  }

  @Override
  public void close() {
    CudaStream.quietly(
        "cublasDestroy",
        () -> {
          stream.enter();
          Checked.cublas("cublasDestroy", () -> JCublas2.cublasDestroy(handle));
        });
  }
}
