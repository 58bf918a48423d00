// The calls of the emulated cuBLAS 12 that multiply matrices, and what they check.
#include "cublas_handle.h"
#include "cublas_product.h"

#include <algorithm>

using namespace cublas;
using lib::Format;

namespace {

enum Operation { NO_TRANSPOSE = 0, TRANSPOSE = 1, CONJUGATE_TRANSPOSE = 2 };
enum DataType { R_32F = 0, R_16F = 2, R_16BF = 14 };
enum ComputeType {
  COMPUTE_32F = 68,
  COMPUTE_32F_PEDANTIC = 69,
  COMPUTE_32F_FAST_16F = 74,
  COMPUTE_32F_FAST_16BF = 75,
  COMPUTE_32F_FAST_TF32 = 77
};

bool formatOf(int type, Format* format) {
  switch (type) {
    case R_32F:
      *format = Format::F32;
      return true;
    case R_16F:
      *format = Format::F16;
      return true;
    case R_16BF:
      *format = Format::BF16;
      return true;
    default:
      return false;
  }
}

int checkMatrix(const char* call, const char* name, const Matrix& matrix) {
  if (matrix.rows < 0 || matrix.columns < 0 || matrix.count < 0) {
    return refuse(call, INVALID_VALUE, "matrix %s has negative dimensions: %d x %d, %d of them",
                  name, matrix.rows, matrix.columns, matrix.count);
  }
  if (matrix.leading < std::max(1, matrix.rows)) {
    return refuse(call, INVALID_VALUE,
                  "the leading dimension of %s is %d, less than the %d rows it is stored with",
                  name, matrix.leading, std::max(1, matrix.rows));
  }
  const bool empty = matrix.range().bytes == 0;
  if (!empty && matrix.base == nullptr) {
    return refuse(call, INVALID_VALUE, "matrix %s is a null pointer", name);
  }
  if (!empty && !lib::aligned(matrix.base, size_t(matrix.bytes()))) {
    return refuse(call, INVALID_VALUE, "matrix %s at %p is not aligned to its %s elements", name,
                  matrix.base, lib::nameOf(matrix.format));
  }
  return SUCCESS;
}

// Two matrices of the output in the same place would be written by several products at once.
int checkOutput(const char* call, const Product& product) {
  const Matrix& c = product.c;
  if (c.count > 1 && c.rows > 0 && c.columns > 0 &&
      c.stride < (long long)(c.columns - 1) * c.leading + c.rows) {
    return refuse(call, INVALID_VALUE, "the matrices of C overlap: they are %lld elements apart",
                  c.stride);
  }
  if (lib::overlap(c.range(), product.a.matrix.range()) ||
      lib::overlap(c.range(), product.b.matrix.range())) {
    return refuse(call, INVALID_VALUE, "C overlaps one of the factors it is computed from");
  }
  const lib::Range workspace = {product.workspace, product.workspaceBytes};
  if (lib::overlap(workspace, c.range()) || lib::overlap(workspace, product.a.matrix.range()) ||
      lib::overlap(workspace, product.b.matrix.range())) {
    return refuse(call, INVALID_VALUE, "the workspace overlaps one of the matrices");
  }
  return SUCCESS;
}

int launch(Handle* handle, Product product) {
  const char* call = product.call;
  if (const int refused = checkMatrix(call, "A", product.a.matrix)) {
    return refused;
  }
  if (const int refused = checkMatrix(call, "B", product.b.matrix)) {
    return refused;
  }
  if (const int refused = checkMatrix(call, "C", product.c)) {
    return refused;
  }
  product.workspace = handle->workspace;
  product.workspaceBytes = handle->workspaceBytes;
  if (const int refused = checkOutput(call, product)) {
    return refused;
  }
  if (cuemu_is_capturing(handle->stream) && handle->workspace == nullptr) {
    return refuse(call, ALLOC_FAILED,
                  "the stream is capturing and no workspace is set (cublasSetStream takes it away):"
                  " the real library would put allocations of its own into the graph");
  }
  if (product.c.range().bytes == 0) {
    return SUCCESS;
  }
  return lib::submit(handle->stream, call, product) == 0 ? SUCCESS : EXECUTION_FAILED;
}

int scalar(const char* call, const Handle* handle, const char* name, const void* pointer,
           Scalar* result) {
  if (pointer == nullptr) {
    return refuse(call, INVALID_VALUE, "%s is a null pointer", name);
  }
  if (handle->pointerMode == HOST && cuemu_is_device(pointer)) {
    return refuse(call, INVALID_VALUE, "%s is in device memory and the pointer mode says host: the "
                  "real library would crash", name);
  }
  const float* value = static_cast<const float*>(pointer);
  *result = handle->pointerMode == HOST ? Scalar{*value, nullptr} : Scalar{0, value};
  return SUCCESS;
}

int checkOperation(const char* call, int operation) {
  return operation >= NO_TRANSPOSE && operation <= CONJUGATE_TRANSPOSE
             ? SUCCESS
             : refuse(call, INVALID_VALUE, "there is no operation %d", operation);
}

bool allowsTf32(const Handle* handle) {
  const int kind = handle->mathMode & ~DISALLOW_REDUCED_PRECISION_REDUCTION;
  return kind == TF32_TENSOR_OP_MATH && cuemu_compute_capability() >= 80;
}

// What the compute type and the handle's math mode do to float32 factors; 16-bit ones are exact in
// every tensor core.
int factorRounding(const char* call, const Handle* handle, int computeType, Format factors,
                   Factors* rounding) {
  *rounding = Factors::AS_THEY_ARE;
  const bool narrow = factors == Format::F32;
  switch (computeType) {
    case COMPUTE_32F:
      if (narrow && allowsTf32(handle)) {
        *rounding = Factors::TF32;
      }
      return SUCCESS;
    case COMPUTE_32F_PEDANTIC:
      return SUCCESS;
    case COMPUTE_32F_FAST_TF32:
    case COMPUTE_32F_FAST_16F:
    case COMPUTE_32F_FAST_16BF:
      if (!narrow) {
        return refuse(call, NOT_SUPPORTED, "compute type %d is for float32 factors, not for %s",
                      computeType, lib::nameOf(factors));
      }
      if (computeType == COMPUTE_32F_FAST_16F) {
        *rounding = Factors::F16;
      } else if (cuemu_compute_capability() >= 80) {
        *rounding = computeType == COMPUTE_32F_FAST_TF32 ? Factors::TF32 : Factors::BF16;
      }
      return SUCCESS;
    default:
      return refuse(call, NOT_SUPPORTED,
                    "compute type %d is not one of the float32 ones (CUBLAS_COMPUTE_32F is 68)",
                    computeType);
  }
}

int gemm(const char* call, Handle* handle, int operationA, int operationB, int m, int n, int k,
         const void* alpha, const void* a, int typeA, int lda, long long strideA, const void* b,
         int typeB, int ldb, long long strideB, const void* beta, void* c, int typeC, int ldc,
         long long strideC, int count, int computeType, int algorithm) {
  if (const int refused = enter(call, handle)) {
    return refused;
  }
  if (const int refused = checkOperation(call, operationA)) {
    return refused;
  }
  if (const int refused = checkOperation(call, operationB)) {
    return refused;
  }
  if (m < 0 || n < 0 || k < 0 || count < 0) {
    return refuse(call, INVALID_VALUE, "negative dimensions: m %d, n %d, k %d, batch %d", m, n, k,
                  count);
  }
  Format formatA, formatB, formatC;
  if (!formatOf(typeA, &formatA) || !formatOf(typeB, &formatB) || !formatOf(typeC, &formatC)) {
    return refuse(call, NOT_SUPPORTED, "data types %d, %d, %d are not among float32 (0), float16 "
                  "(2) and bfloat16 (14)", typeA, typeB, typeC);
  }
  if (formatA != formatB || (formatC != formatA && formatC != Format::F32)) {
    return refuse(call, NOT_SUPPORTED, "A is %s, B is %s, C is %s: A and B must agree, and C be "
                  "the same or float32", lib::nameOf(formatA), lib::nameOf(formatB),
                  lib::nameOf(formatC));
  }
  if (formatA == Format::BF16 && cuemu_compute_capability() < 80) {
    return refuse(call, ARCH_MISMATCH, "bfloat16 needs compute capability 8.0, this is %d.%d",
                  cuemu_compute_capability() / 10, cuemu_compute_capability() % 10);
  }
  const bool known = (algorithm >= -1 && algorithm <= 23) || (algorithm >= 99 && algorithm <= 115);
  if (!known) {
    return refuse(call, NOT_SUPPORTED, "there is no algorithm %d", algorithm);
  }
  Product product = {};
  product.call = call;
  product.depth = k;
  product.fill = FULL;
  Factors rounding = Factors::AS_THEY_ARE;
  if (const int refused = factorRounding(call, handle, computeType, formatA, &rounding)) {
    return refused;
  }
  if (const int refused = scalar(call, handle, "alpha", alpha, &product.alpha)) {
    return refused;
  }
  if (const int refused = scalar(call, handle, "beta", beta, &product.beta)) {
    return refused;
  }
  const bool transposeA = operationA != NO_TRANSPOSE;
  const bool transposeB = operationB != NO_TRANSPOSE;
  char* dataA = static_cast<char*>(const_cast<void*>(a));
  char* dataB = static_cast<char*>(const_cast<void*>(b));
  const Matrix storedA = {dataA, formatA, transposeA ? k : m, transposeA ? m : k, lda, strideA,
                          count};
  const Matrix storedB = {dataB, formatB, transposeB ? n : k, transposeB ? k : n, ldb, strideB,
                          count};
  product.a = {storedA, transposeA, rounding};
  // Columns of op(B) are what C's columns are computed from: seen from there it is the other way.
  product.b = {storedB, !transposeB, rounding};
  product.c = {static_cast<char*>(c), formatC, m, n, ldc, strideC, count};
  return launch(handle, product);
}

}  // namespace

CUBLAS_EXPORT int cublasGemmEx(Handle* handle, int operationA, int operationB, int m, int n, int k,
                               const void* alpha, const void* a, int typeA, int lda, const void* b,
                               int typeB, int ldb, const void* beta, void* c, int typeC, int ldc,
                               int computeType, int algorithm) {
  return gemm("cublasGemmEx", handle, operationA, operationB, m, n, k, alpha, a, typeA, lda, 0, b,
              typeB, ldb, 0, beta, c, typeC, ldc, 0, 1, computeType, algorithm);
}

CUBLAS_EXPORT int cublasGemmStridedBatchedEx(Handle* handle, int operationA, int operationB, int m,
                                             int n, int k, const void* alpha, const void* a,
                                             int typeA, int lda, long long strideA, const void* b,
                                             int typeB, int ldb, long long strideB,
                                             const void* beta, void* c, int typeC, int ldc,
                                             long long strideC, int count, int computeType,
                                             int algorithm) {
  return gemm("cublasGemmStridedBatchedEx", handle, operationA, operationB, m, n, k, alpha, a,
              typeA, lda, strideA, b, typeB, ldb, strideB, beta, c, typeC, ldc, strideC, count,
              computeType, algorithm);
}

CUBLAS_EXPORT int cublasSgemm_v2(Handle* handle, int operationA, int operationB, int m, int n,
                                 int k, const float* alpha, const float* a, int lda,
                                 const float* b, int ldb, const float* beta, float* c, int ldc) {
  return gemm("cublasSgemm", handle, operationA, operationB, m, n, k, alpha, a, R_32F, lda, 0, b,
              R_32F, ldb, 0, beta, c, R_32F, ldc, 0, 1, COMPUTE_32F, -1);
}

// C = alpha op(A) op(A)^T + beta C, one triangle of it.
CUBLAS_EXPORT int cublasSsyrk_v2(Handle* handle, int fill, int operation, int n, int k,
                                 const float* alpha, const float* a, int lda, const float* beta,
                                 float* c, int ldc) {
  const char* call = "cublasSsyrk";
  if (const int refused = enter(call, handle)) {
    return refused;
  }
  if (const int refused = checkOperation(call, operation)) {
    return refused;
  }
  if (fill != LOWER && fill != UPPER) {
    return refuse(call, INVALID_VALUE, "there is no triangle %d", fill);
  }
  if (n < 0 || k < 0) {
    return refuse(call, INVALID_VALUE, "negative dimensions: n %d, k %d", n, k);
  }
  Product product = {};
  product.call = call;
  product.depth = k;
  product.fill = static_cast<Fill>(fill);
  if (const int refused = scalar(call, handle, "alpha", alpha, &product.alpha)) {
    return refused;
  }
  if (const int refused = scalar(call, handle, "beta", beta, &product.beta)) {
    return refused;
  }
  const bool transposed = operation != NO_TRANSPOSE;
  char* data = reinterpret_cast<char*>(const_cast<float*>(a));
  const Matrix stored = {data, Format::F32, transposed ? k : n, transposed ? n : k, lda, 0, 1};
  product.a = {stored, transposed,
               allowsTf32(handle) ? Factors::TF32 : Factors::AS_THEY_ARE};
  product.b = product.a;
  product.c = {reinterpret_cast<char*>(c), Format::F32, n, n, ldc, 0, 1};
  return launch(handle, product);
}
