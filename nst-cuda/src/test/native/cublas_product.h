// One product of the emulated cuBLAS, ready to run: column-major as cuBLAS has them.
#ifndef NST_CUBLAS_PRODUCT_H
#define NST_CUBLAS_PRODUCT_H

#include "lib_numbers.h"
#include "lib_work.h"

#include <algorithm>

namespace cublas {

using lib::Format;

enum Fill { LOWER = 0, UPPER = 1, FULL = 2 };

// What happens to the factors before they are multiplied.
enum class Factors { AS_THEY_ARE, TF32, F16, BF16 };

// A column-major matrix in device memory, count of them stride elements apart.
struct Matrix {
  char* base;
  Format format;
  int rows;
  int columns;
  int leading;
  long long stride;
  int count;

  const void* column(int index, int j) const {
    return base + (index * stride + (long long)j * leading) * bytes();
  }
  long long bytes() const { return (long long)lib::bytesOf(format); }
  lib::Range range() const {
    const long long last = (count - 1) * stride + (long long)(columns - 1) * leading + rows;
    return {base, rows == 0 || columns == 0 || count == 0 ? 0 : size_t(last * bytes())};
  }

  // Runs check over every stretch of memory that holds elements: gaps between columns may belong to
  // somebody else.
  int check(int (*check)(const void*, size_t, const char*), const char* what) const;
};

// A factor as the product sees it: element (i, k) of op(matrix).
struct Factor {
  Matrix matrix;
  bool transposed;
  Factors rounding;

  float at(int index, size_t i, size_t k) const;
  // out[k * tile + i] for count rows i of op(matrix) from row on; reads along the columns.
  void pack(int index, size_t row, size_t count, size_t depth0, size_t depths, int tile,
            float* out) const;
};

// alpha or beta: a host value is taken at the call, a device one when the work runs.
struct Scalar {
  float value;
  const float* device;

  int read(const char* what, float* result) const;
};

struct Product {
  const char* call;
  Factor a;
  Factor b;
  Matrix c;
  int depth;
  Scalar alpha;
  Scalar beta;
  // Which part of C is written; syrk leaves the other triangle alone.
  Fill fill;
  void* workspace;
  size_t workspaceBytes;

  int operator()() const;
  int checkMemory(float alphaValue, float betaValue) const;
  void multiply(int index, float alphaValue, float betaValue) const;
  bool writes(size_t i, size_t j) const {
    return fill == FULL || (fill == LOWER ? i >= j : i <= j);
  }
};

}  // namespace cublas

#endif
