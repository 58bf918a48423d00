#include "cublas_product.h"

#include "lib_matmul.h"

namespace cublas {

namespace {

// How much of the workspace a product writes: the real library's use depends on the kernel, up to
// all of it; this much is found out quickly enough.
constexpr size_t WORKSPACE_TOUCHED = size_t(4) << 20;

}  // namespace

int Matrix::check(int (*check)(const void*, size_t, const char*), const char* what) const {
  const int copies = stride == 0 ? std::min(count, 1) : count;
  for (int index = 0; index < copies; index++) {
    const bool packed = leading == rows;
    for (int j = 0; j < (packed ? std::min(columns, 1) : columns); j++) {
      const size_t elements = packed ? size_t(rows) * columns : rows;
      if (const int fault = check(column(index, j), elements * bytes(), what)) {
        return fault;
      }
    }
  }
  return 0;
}

float Factor::at(int index, size_t i, size_t k) const {
  const long long row = (long long)(transposed ? k : i);
  const long long column = (long long)(transposed ? i : k);
  const float value = lib::load(matrix.format, matrix.base,
                                size_t(index * matrix.stride + column * matrix.leading + row));
  switch (rounding) {
    case Factors::TF32:
      return lib::toTf32(value);
    case Factors::F16:
      return lib::halfToFloat(lib::toHalf(value));
    case Factors::BF16:
      return lib::bfloatToFloat(lib::toBfloat(value));
    default:
      return value;
  }
}

void Factor::pack(int index, size_t row, size_t count, size_t depth0, size_t depths, int tile,
                  float* out) const {
  if (transposed) {
    for (size_t i = 0; i < count; i++) {
      for (size_t k = 0; k < depths; k++) {
        out[k * tile + i] = at(index, row + i, depth0 + k);
      }
    }
  } else {
    for (size_t k = 0; k < depths; k++) {
      for (size_t i = 0; i < count; i++) {
        out[k * tile + i] = at(index, row + i, depth0 + k);
      }
    }
  }
}

int Scalar::read(const char* what, float* result) const {
  if (device == nullptr) {
    *result = value;
    return 0;
  }
  if (const int fault = cuemu_check_read(device, sizeof(float), what)) {
    return fault;
  }
  *result = *device;
  return 0;
}

int Product::checkMemory(float alphaValue, float betaValue) const {
  int fault = 0;
  if (workspaceBytes != 0) {
    const size_t touched = std::min(workspaceBytes, WORKSPACE_TOUCHED);
    if ((fault = cuemu_check_write(workspace, touched, "cuBLAS workspace"))) {
      return fault;
    }
    lib::scribble(workspace, touched);
  }
  if (alphaValue != 0 && depth != 0) {
    if ((fault = a.matrix.check(cuemu_check_read, "matrix A")) ||
        (fault = b.matrix.check(cuemu_check_read, "matrix B"))) {
      return fault;
    }
  }
  if (fill == FULL) {
    if (betaValue != 0 && (fault = c.check(cuemu_check_read, "matrix C (beta is not 0)"))) {
      return fault;
    }
    return c.check(cuemu_check_write, "matrix C");
  }
  for (int j = 0; j < c.columns; j++) {
    const int first = fill == LOWER ? j : 0;
    const size_t bytes = size_t(fill == LOWER ? c.rows - j : j + 1) * c.bytes();
    const char* start = static_cast<const char*>(c.column(0, j)) + first * c.bytes();
    if ((betaValue != 0 && (fault = cuemu_check_read(start, bytes, "matrix C"))) ||
        (fault = cuemu_check_write(start, bytes, "matrix C"))) {
      return fault;
    }
  }
  return 0;
}

// Computes the transpose, so that the columns of C are the rows that come out finished.
void Product::multiply(int index, float alphaValue, float betaValue) const {
  const size_t terms = alphaValue == 0 ? 0 : size_t(depth);
  lib::multiply(
      size_t(c.columns), size_t(c.rows), terms,
      [&](size_t column, size_t count, size_t depth0, size_t depths, float* out) {
        b.pack(index, column, count, depth0, depths, lib::TILE_ROWS, out);
      },
      [&](size_t row, size_t count, float* out) {
        a.pack(index, row, count, 0, terms, lib::TILE_COLUMNS, out);
      },
      [&](size_t j, const double* sums) {
        const size_t start = size_t(index * c.stride) + j * size_t(c.leading);
        for (size_t i = 0; i < size_t(c.rows); i++) {
          if (!writes(i, j)) {
            continue;
          }
          double value = double(alphaValue) * sums[i];
          if (betaValue != 0) {
            value += double(betaValue) * lib::load(c.format, c.base, start + i);
          }
          lib::store(c.format, c.base, start + i, value);
        }
      });
}

int Product::operator()() const {
  float alphaValue = 0;
  float betaValue = 0;
  int fault = 0;
  if ((fault = alpha.read("alpha", &alphaValue)) || (fault = beta.read("beta", &betaValue)) ||
      (fault = checkMemory(alphaValue, betaValue))) {
    return fault;
  }
  for (int index = 0; index < c.count; index++) {
    multiply(index, alphaValue, betaValue);
  }
  return 0;
}

}  // namespace cublas
