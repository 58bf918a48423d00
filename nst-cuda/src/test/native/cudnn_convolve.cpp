#include "cudnn_convolve.h"

#include "lib_matmul.h"

#include <algorithm>

namespace cudnn {

namespace {

// The source in float32, channels innermost, converted once per call. Element (n, h, w, c).
const float* toPixels(const Tensor& tensor, const void* data, bool tf32,
                      lib::Scratch<float>& scratch) {
  const int channels = tensor.dims[1], height = tensor.dims[2], width = tensor.dims[3];
  float* out = scratch.reserve(tensor.elements());
  for (int n = 0; n < tensor.dims[0]; n++) {
    for (int h = 0; h < height; h++) {
      float* row = out + (size_t(n) * height + h) * width * channels;
      if (tensor.strides[1] == 1) {
        for (int w = 0; w < width; w++) {
          lib::loadRun(tensor.type, data, tensor.offset(n, 0, h, w), 1, channels,
                       row + size_t(w) * channels);
        }
        continue;
      }
      for (int c = 0; c < channels; c++) {
        const size_t start = tensor.offset(n, c, h, 0);
        for (int w = 0; w < width; w++) {
          row[size_t(w) * channels + c] =
              lib::load(tensor.type, data, start + size_t(w) * tensor.strides[3]);
        }
      }
    }
  }
  if (tf32) {
    std::transform(out, out + tensor.elements(), out, lib::toTf32);
  }
  return out;
}

const float* toFloats(const Filter& filter, const void* data, bool tf32,
                      lib::Scratch<float>& scratch) {
  if (filter.type == lib::Format::F32 && !tf32) {
    return static_cast<const float*>(data);
  }
  float* out = scratch.reserve(filter.elements());
  lib::loadRun(filter.type, data, 0, 1, filter.elements(), out);
  if (tf32) {
    std::transform(out, out + filter.elements(), out, lib::toTf32);
  }
  return out;
}

struct Product {
  const Problem& problem;
  const float* source;
  const float* filter;
  // Channels of one group on the source's side and on the result's.
  int depthChannels;
  int resultChannels;
  int group = 0;

  bool forward() const { return problem.direction == Direction::FORWARD; }

  // Where tap of the window that makes result coordinate at reads, along one axis; -1 for nowhere.
  int position(int axis, int at, int tap) const {
    const Convolution& convolution = problem.convolution;
    const int limit = problem.source().dims[2 + axis];
    if (forward()) {
      const int from = at * convolution.stride[axis] - convolution.pad[axis] +
                       tap * convolution.dilation[axis];
      return from >= 0 && from < limit ? from : -1;
    }
    const int from = at + convolution.pad[axis] - tap * convolution.dilation[axis];
    if (from < 0 || from % convolution.stride[axis] != 0) {
      return -1;
    }
    return from / convolution.stride[axis] < limit ? from / convolution.stride[axis] : -1;
  }

  void packPixels(size_t row, size_t count, size_t depth0, size_t depths, const float* zeros,
                  float* out) const;
  void packFilter(size_t column, size_t count, float* out) const;
};

void Product::packPixels(size_t row, size_t count, size_t depth0, size_t depths,
                         const float* zeros, float* out) const {
  const int height = problem.result().dims[2], width = problem.result().dims[3];
  const Tensor& from = problem.source();
  const size_t pixel = size_t(from.dims[1]);
  const float* runs[lib::TILE_ROWS];
  std::fill_n(runs, lib::TILE_ROWS, zeros);
  for (size_t k = 0; k < depths;) {
    const int tap = int((depth0 + k) / depthChannels);
    const int channel = int((depth0 + k) % depthChannels);
    const size_t length = std::min<size_t>(depthChannels - channel, depths - k);
    for (size_t i = 0; i < count; i++) {
      const size_t index = row + i;
      const int w = int(index % width), h = int(index / width % height);
      const size_t n = index / width / height;
      const int sourceH = position(0, h, tap / problem.w.dims[3]);
      const int sourceW = position(1, w, tap % problem.w.dims[3]);
      runs[i] = sourceH < 0 || sourceW < 0
                    ? zeros
                    : source + ((n * from.dims[2] + sourceH) * from.dims[3] + sourceW) * pixel +
                          size_t(group) * depthChannels + channel;
    }
    float* block = out + k * lib::TILE_ROWS;
    for (size_t c = 0; c < length; c++) {
      for (int i = 0; i < lib::TILE_ROWS; i++) {
        block[c * lib::TILE_ROWS + i] = runs[i][c];
      }
    }
    k += length;
  }
}

void Product::packFilter(size_t column, size_t count, float* out) const {
  const Filter& w = problem.w;
  const bool nhwc = w.format == NHWC;
  const size_t area = size_t(w.dims[2]) * w.dims[3];
  const size_t perOutput = area * w.dims[1];
  const size_t perInput = nhwc ? 1 : area;
  const size_t perTap = nhwc ? w.dims[1] : 1;
  const size_t perDepth = forward() ? perInput : perOutput;
  const size_t perColumn = forward() ? perOutput : perInput;
  const size_t outputs = size_t(w.dims[0]) / problem.convolution.groups;
  const float* groupFilter = filter + group * outputs * perOutput;
  for (size_t tap = 0; tap < area; tap++) {
    // A true convolution goes through the filter backwards, a cross-correlation does not.
    const size_t stored = problem.convolution.mode == CONVOLUTION ? area - 1 - tap : tap;
    const float* from = groupFilter + column * perColumn + stored * perTap;
    float* to = out + tap * depthChannels * lib::TILE_COLUMNS;
    const auto copy = [&](size_t d, size_t j) {
      to[d * lib::TILE_COLUMNS + j] = from[d * perDepth + j * perColumn];
    };
    // The inner loop goes along the filter's memory.
    if (forward()) {
      for (size_t j = 0; j < count; j++) {
        for (size_t d = 0; d < size_t(depthChannels); d++) {
          copy(d, j);
        }
      }
    } else {
      for (size_t d = 0; d < size_t(depthChannels); d++) {
        for (size_t j = 0; j < count; j++) {
          copy(d, j);
        }
      }
    }
  }
}

}  // namespace

void convolve(const Problem& problem, const void* source, const void* filter,
              const Pixel& finish) {
  // Kept per thread, as in lib_matmul.h.
  static thread_local lib::Scratch<float> pixelScratch;
  static thread_local lib::Scratch<float> filterScratch;
  static thread_local lib::Scratch<float> zeroScratch;
  const bool tf32 = problem.usesTf32();
  const int groups = problem.convolution.groups;
  const Tensor& result = problem.result();
  Product product = {problem, toPixels(problem.source(), source, tf32, pixelScratch),
                     toFloats(problem.w, filter, tf32, filterScratch),
                     problem.source().dims[1] / groups, result.dims[1] / groups};
  float* zeros = zeroScratch.reserve(product.depthChannels);
  std::fill_n(zeros, product.depthChannels, 0.0f);
  const int height = result.dims[2], width = result.dims[3];
  const size_t pixels = size_t(result.dims[0]) * height * width;
  const size_t depth = size_t(problem.w.dims[2]) * problem.w.dims[3] * product.depthChannels;
  for (product.group = 0; product.group < groups; product.group++) {
    lib::multiply(
        pixels, size_t(product.resultChannels), depth,
        [&](size_t row, size_t count, size_t depth0, size_t depths, float* out) {
          product.packPixels(row, count, depth0, depths, zeros, out);
        },
        [&](size_t column, size_t count, float* out) {
          product.packFilter(column, count, out);
        },
        [&](size_t pixel, const double* sums) {
          finish(int(pixel / width / height), int(pixel / width % height), int(pixel % width),
                 product.group * product.resultChannels, product.resultChannels, sums);
        });
  }
}

}  // namespace cudnn
