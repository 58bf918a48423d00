// cudnnPoolingForward and cudnnPoolingBackward.
#include "cudnn_objects.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace cudnn;

namespace {

struct Window {
  int firstH, lastH, firstW, lastW;
  // What an average is divided by.
  int area;
};

bool isMax(const Pooling& pooling) {
  return pooling.mode == POOLING_MAX || pooling.mode == MAX_DETERMINISTIC;
}

int outputSize(const Pooling& pooling, const Tensor& x, int axis) {
  return 1 + (x.dims[2 + axis] + 2 * pooling.pad[axis] - pooling.window[axis]) /
                 pooling.stride[axis];
}

Window windowAt(const Pooling& pooling, const Tensor& x, int h, int w) {
  const int top = h * pooling.stride[0] - pooling.pad[0];
  const int left = w * pooling.stride[1] - pooling.pad[1];
  Window window = {std::max(top, 0), std::min(top + pooling.window[0], x.dims[2]),
                   std::max(left, 0), std::min(left + pooling.window[1], x.dims[3]), 0};
  window.area = pooling.mode == AVERAGE_INCLUDE_PADDING
                    ? pooling.window[0] * pooling.window[1]
                    : (window.lastH - window.firstH) * (window.lastW - window.firstW);
  return window;
}

// One channel of one image in float32.
struct Plane {
  int height;
  int width;
  std::vector<float> values;

  explicit Plane(const Tensor& tensor)
      : height(tensor.dims[2]), width(tensor.dims[3]), values(size_t(height) * width) {}

  void read(const Tensor& tensor, const void* data, int n, int c) {
    for (int h = 0; h < height; h++) {
      lib::loadRun(tensor.type, data, tensor.offset(n, c, h, 0), tensor.strides[3], width,
                   &values[size_t(h) * width]);
    }
  }
  float at(int h, int w) const { return values[size_t(h) * width + w]; }
};

// The position of the greatest value in a window, the last one where several are equal. The real
// library documents no rule for ties; this is the less expected one, so that whoever relies on the
// first maximum finds out here.
size_t greatest(const Plane& x, const Window& window, NanPropagation nan) {
  size_t best = size_t(window.firstH) * x.width + window.firstW;
  for (int h = window.firstH; h < window.lastH; h++) {
    for (int w = window.firstW; w < window.lastW; w++) {
      const float value = x.at(h, w);
      const float held = x.values[best];
      const bool better = std::isnan(value) || std::isnan(held)
                              ? std::isnan(nan == PROPAGATE_NAN ? value : held)
                              : value >= held;
      if (better) {
        best = size_t(h) * x.width + w;
      }
    }
  }
  return best;
}

void storePlane(const Tensor& tensor, void* data, int n, int c, float alpha, float beta,
                const std::vector<double>& values) {
  const int width = tensor.dims[3];
  std::vector<double> row(width), old(width);
  for (int h = 0; h < tensor.dims[2]; h++) {
    const size_t start = tensor.offset(n, c, h, 0);
    if (beta != 0) {
      lib::loadRun(tensor.type, data, start, tensor.strides[3], width, old.data());
    }
    for (int w = 0; w < width; w++) {
      row[w] = double(alpha) * values[size_t(h) * width + w];
      if (beta != 0) {
        row[w] += double(beta) * old[w];
      }
    }
    lib::storeRun(tensor.type, data, start, tensor.strides[3], width, row.data());
  }
}

struct Forward {
  Pooling pooling;
  float alpha, beta;
  Tensor xDesc, yDesc;
  const void* x;
  void* y;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_read, xDesc, x, "pooling input x")) ||
        (beta != 0 &&
         (fault = checkTensor(cuemu_check_read, yDesc, y, "pooling output y (beta is not 0)"))) ||
        (fault = checkTensor(cuemu_check_write, yDesc, y, "pooling output y"))) {
      return fault;
    }
    Plane plane(xDesc);
    std::vector<double> values(size_t(yDesc.dims[2]) * yDesc.dims[3]);
    for (int n = 0; n < xDesc.dims[0]; n++) {
      for (int c = 0; c < xDesc.dims[1]; c++) {
        plane.read(xDesc, x, n, c);
        for (int h = 0; h < yDesc.dims[2]; h++) {
          for (int w = 0; w < yDesc.dims[3]; w++) {
            values[size_t(h) * yDesc.dims[3] + w] = pooled(plane, windowAt(pooling, xDesc, h, w));
          }
        }
        storePlane(yDesc, y, n, c, alpha, beta, values);
      }
    }
    return 0;
  }

  double pooled(const Plane& plane, const Window& window) const {
    if (isMax(pooling)) {
      return plane.values[greatest(plane, window, pooling.nan)];
    }
    double sum = 0;
    for (int h = window.firstH; h < window.lastH; h++) {
      for (int w = window.firstW; w < window.lastW; w++) {
        sum += plane.at(h, w);
      }
    }
    return sum / window.area;
  }
};

struct Backward {
  Pooling pooling;
  float alpha, beta;
  Tensor yDesc, xDesc, dyDesc, dxDesc;
  const void* y;
  const void* dy;
  const void* x;
  void* dx;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_read, yDesc, y, "pooling output y")) ||
        (fault = checkTensor(cuemu_check_read, dyDesc, dy, "pooling gradient dy")) ||
        (fault = checkTensor(cuemu_check_read, xDesc, x, "pooling input x")) ||
        (beta != 0 && (fault = checkTensor(cuemu_check_read, dxDesc, dx,
                                           "pooling gradient dx (beta is not 0)"))) ||
        (fault = checkTensor(cuemu_check_write, dxDesc, dx, "pooling gradient dx"))) {
      return fault;
    }
    Plane input(xDesc), gradient(dyDesc);
    std::vector<double> sums(size_t(dxDesc.dims[2]) * dxDesc.dims[3]);
    for (int n = 0; n < xDesc.dims[0]; n++) {
      for (int c = 0; c < xDesc.dims[1]; c++) {
        input.read(xDesc, x, n, c);
        gradient.read(dyDesc, dy, n, c);
        std::fill(sums.begin(), sums.end(), 0.0);
        for (int h = 0; h < dyDesc.dims[2]; h++) {
          for (int w = 0; w < dyDesc.dims[3]; w++) {
            spread(input, windowAt(pooling, xDesc, h, w), gradient.at(h, w), sums);
          }
        }
        storePlane(dxDesc, dx, n, c, alpha, beta, sums);
      }
    }
    return 0;
  }

  void spread(const Plane& input, const Window& window, double gradient,
              std::vector<double>& sums) const {
    if (isMax(pooling)) {
      sums[greatest(input, window, pooling.nan)] += gradient;
      return;
    }
    for (int h = window.firstH; h < window.lastH; h++) {
      for (int w = window.firstW; w < window.lastW; w++) {
        sums[size_t(h) * input.width + w] += gradient / window.area;
      }
    }
  }
};

// x or dx, and y or dy: their types, dimensions and layouts fit the pooling.
int checkPair(const char* call, const Pooling& pooling, const Tensor& x, const Tensor& y) {
  if (x.type != y.type) {
    return refuse(call, BAD_PARAM, "the input is %s and the output %s: they must be the same",
                  lib::nameOf(x.type), lib::nameOf(y.type));
  }
  if (x.dims[0] != y.dims[0] || x.dims[1] != y.dims[1]) {
    return refuse(call, BAD_PARAM, "the input is of %d images and %d channels, the output of %d "
                  "and %d", x.dims[0], x.dims[1], y.dims[0], y.dims[1]);
  }
  for (int axis = 0; axis < 2; axis++) {
    if (pooling.window[axis] > x.dims[2 + axis] + 2 * pooling.pad[axis] ||
        y.dims[2 + axis] != outputSize(pooling, x, axis)) {
      return refuse(call, BAD_PARAM, "the output's %s is %d, and %d comes out of input, window, "
                    "padding and stride", axis == 0 ? "height" : "width", y.dims[2 + axis],
                    outputSize(pooling, x, axis));
    }
  }
  const bool agree = (x.isNhwc() && y.isNhwc()) || (!x.isNhwc() && !y.isNhwc()) ||
                     (x.isNchw() && y.isNchw());
  if (!agree) {
    return refuse(call, NOT_SUPPORTED, "input and output have different layouts");
  }
  return SUCCESS;
}

}  // namespace

CUDNN_EXPORT int cudnnGetPooling2dForwardOutputDim(const Pooling* pooling, const Tensor* xDesc,
                                                   int* n, int* c, int* h, int* w) {
  const char* call = "cudnnGetPooling2dForwardOutputDim";
  CUDNN_TRY(checkObject(call, "poolingDesc", pooling, Kind::POOLING));
  CUDNN_TRY(checkObject(call, "inputDesc", xDesc, Kind::TENSOR));
  *n = xDesc->dims[0];
  *c = xDesc->dims[1];
  *h = outputSize(*pooling, *xDesc, 0);
  *w = outputSize(*pooling, *xDesc, 1);
  return SUCCESS;
}

CUDNN_EXPORT int cudnnPoolingForward(Handle* handle, const Pooling* pooling, const float* alpha,
                                     const Tensor* xDesc, const void* x, const float* beta,
                                     const Tensor* yDesc, void* y) {
  const char* call = "cudnnPoolingForward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkObject(call, "poolingDesc", pooling, Kind::POOLING));
  CUDNN_TRY(checkObject(call, "xDesc", xDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "yDesc", yDesc, Kind::TENSOR));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  CUDNN_TRY(checkPair(call, *pooling, *xDesc, *yDesc));
  CUDNN_TRY(checkPointer(call, "x", x, lib::bytesOf(xDesc->type)));
  CUDNN_TRY(checkPointer(call, "y", y, lib::bytesOf(yDesc->type)));
  if (lib::overlap({x, xDesc->bytes()}, {y, yDesc->bytes()})) {
    return refuse(call, BAD_PARAM, "y overlaps x");
  }
  const Forward work = {*pooling, *alpha, *beta, *xDesc, *yDesc, x, y};
  return statusOf(call, lib::submit(handle->stream, call, work));
}

CUDNN_EXPORT int cudnnPoolingBackward(Handle* handle, const Pooling* pooling, const float* alpha,
                                      const Tensor* yDesc, const void* y, const Tensor* dyDesc,
                                      const void* dy, const Tensor* xDesc, const void* x,
                                      const float* beta, const Tensor* dxDesc, void* dx) {
  const char* call = "cudnnPoolingBackward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkObject(call, "poolingDesc", pooling, Kind::POOLING));
  CUDNN_TRY(checkObject(call, "yDesc", yDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "dyDesc", dyDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "xDesc", xDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "dxDesc", dxDesc, Kind::TENSOR));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  if (!yDesc->isLike(*dyDesc)) {
    return refuse(call, BAD_PARAM, "yDesc and dyDesc differ");
  }
  if (!xDesc->isLike(*dxDesc)) {
    return refuse(call, BAD_PARAM, "xDesc and dxDesc differ");
  }
  CUDNN_TRY(checkPair(call, *pooling, *xDesc, *yDesc));
  const size_t size = lib::bytesOf(xDesc->type);
  CUDNN_TRY(checkPointer(call, "y", y, size));
  CUDNN_TRY(checkPointer(call, "dy", dy, size));
  CUDNN_TRY(checkPointer(call, "x", x, size));
  CUDNN_TRY(checkPointer(call, "dx", dx, size));
  const lib::Range written = {dx, dxDesc->bytes()};
  if (lib::overlap(written, {y, yDesc->bytes()}) || lib::overlap(written, {dy, dyDesc->bytes()}) ||
      lib::overlap(written, {x, xDesc->bytes()})) {
    return refuse(call, BAD_PARAM, "dx overlaps y, dy or x");
  }
  const Backward work = {*pooling, *alpha, *beta, *yDesc, *xDesc, *dyDesc, *dxDesc, y, dy, x, dx};
  return statusOf(call, lib::submit(handle->stream, call, work));
}
