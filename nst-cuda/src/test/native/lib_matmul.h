// One blocked matrix product, behind cuBLAS's GEMMs and cuDNN's convolutions alike: the callers say
// where factors come from and what becomes of each finished row.
#ifndef NST_LIB_MATMUL_H
#define NST_LIB_MATMUL_H

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace lib {

#if defined(__AVX512F__)
constexpr int LANES = 16;
constexpr int TILE_ROWS = 8;
#elif defined(__AVX__)
constexpr int LANES = 8;
constexpr int TILE_ROWS = 6;
#else
constexpr int LANES = 4;
constexpr int TILE_ROWS = 4;
#endif
// Two vectors wide: 2 * TILE_ROWS sums stay in registers.
constexpr int TILE_COLUMNS = 2 * LANES;
// Rows and depth worked on at a time, for the caches; the depth also bounds how many products one
// float32 sum takes in before it goes into a double, which keeps the result within a few units in
// the last place however deep the product is.
constexpr int BLOCK_ROWS = 12 * TILE_ROWS;
constexpr int BLOCK_DEPTH = 256;

typedef float Lanes __attribute__((vector_size(LANES * sizeof(float))));

// Memory without initialisation, on a cache line's boundary.
template <class T>
class Scratch {
 public:
  T* reserve(size_t count) {
    if (count > capacity) {
      data.reset();
      capacity = 0;
      const size_t bytes = (count * sizeof(T) + 63) / 64 * 64;
      data.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
      if (!data) {
        throw std::bad_alloc();
      }
      capacity = count;
    }
    return data.get();
  }

 private:
  struct Free {
    void operator()(void* pointer) const { std::free(pointer); }
  };
  std::unique_ptr<T, Free> data;
  size_t capacity = 0;
};

// sums[TILE_ROWS][stride] += left * right over one block's depth; left is [depth][TILE_ROWS], right
// is [depth][TILE_COLUMNS].
inline void multiplyTile(int depth, const float* left, const float* right, double* sums,
                         size_t stride) {
  Lanes low[TILE_ROWS] = {};
  Lanes high[TILE_ROWS] = {};
  for (int k = 0; k < depth; k++) {
    const Lanes* row = reinterpret_cast<const Lanes*>(right + size_t(k) * TILE_COLUMNS);
    const Lanes first = row[0];
    const Lanes second = row[1];
#pragma GCC unroll 8
    for (int i = 0; i < TILE_ROWS; i++) {
      const float factor = left[size_t(k) * TILE_ROWS + i];
      low[i] += factor * first;
      high[i] += factor * second;
    }
  }
  for (int i = 0; i < TILE_ROWS; i++) {
    double* out = sums + size_t(i) * stride;
    for (int j = 0; j < LANES; j++) {
      out[j] += low[i][j];
      out[LANES + j] += high[i][j];
    }
  }
}

// The product of a rows x depth and a depth x columns matrix.
//   packLeft(row, count, depth0, depths, out): out[k * TILE_ROWS + i] for count rows; the rest of a
//     tile's rows are already zero.
//   packRight(column, count, out): out[k * TILE_COLUMNS + j] for count columns and the whole depth.
//   finish(row, sums): sums of one row, one per column, called once for every row in order.
template <class PackLeft, class PackRight, class Finish>
void multiply(size_t rows, size_t columns, size_t depth, const PackLeft& packLeft,
              const PackRight& packRight, const Finish& finish) {
  // Kept per thread: fresh memory of this size costs more in page faults than small products do.
  static thread_local Scratch<float> rightScratch;
  static thread_local Scratch<float> leftScratch;
  static thread_local Scratch<double> sumScratch;
  const size_t panels = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const size_t width = panels * TILE_COLUMNS;
  float* right = rightScratch.reserve(width * std::max<size_t>(depth, 1));
  float* left = leftScratch.reserve(size_t(BLOCK_ROWS) * BLOCK_DEPTH);
  double* sums = sumScratch.reserve(BLOCK_ROWS * width);
  for (size_t panel = 0; panel < panels; panel++) {
    const size_t column = panel * TILE_COLUMNS;
    const size_t count = std::min<size_t>(TILE_COLUMNS, columns - column);
    float* out = right + panel * depth * TILE_COLUMNS;
    if (count < size_t(TILE_COLUMNS)) {
      std::fill_n(out, depth * TILE_COLUMNS, 0.0f);
    }
    packRight(column, count, out);
  }
  for (size_t row0 = 0; row0 < rows; row0 += BLOCK_ROWS) {
    const size_t count = std::min<size_t>(BLOCK_ROWS, rows - row0);
    const size_t tiles = (count + TILE_ROWS - 1) / TILE_ROWS;
    std::fill_n(sums, tiles * TILE_ROWS * width, 0.0);
    for (size_t depth0 = 0; depth0 < depth; depth0 += BLOCK_DEPTH) {
      const size_t depths = std::min<size_t>(BLOCK_DEPTH, depth - depth0);
      for (size_t tile = 0; tile < tiles; tile++) {
        const size_t row = tile * TILE_ROWS;
        const size_t tileCount = std::min<size_t>(TILE_ROWS, count - row);
        float* out = left + row * BLOCK_DEPTH;
        if (tileCount < size_t(TILE_ROWS)) {
          std::fill_n(out, depths * TILE_ROWS, 0.0f);
        }
        packLeft(row0 + row, tileCount, depth0, depths, out);
      }
      for (size_t panel = 0; panel < panels; panel++) {
        const float* block = right + (panel * depth + depth0) * TILE_COLUMNS;
        for (size_t tile = 0; tile < tiles; tile++) {
          const size_t row = tile * TILE_ROWS;
          multiplyTile(int(depths), left + row * BLOCK_DEPTH, block,
                       sums + row * width + panel * TILE_COLUMNS, width);
        }
      }
    }
    for (size_t row = 0; row < count; row++) {
      finish(row0 + row, sums + row * width);
    }
  }
}

}  // namespace lib

#endif
