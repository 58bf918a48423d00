// cudnnActivationForward, cudnnActivationBackward and cudnnAddTensor.
#include "cudnn_objects.h"

#include <cmath>
#include <vector>

using namespace cudnn;

namespace {

// Calls visit(n, c, h) for every row of a tensor along W.
template <class Visit>
void forEachRow(const Tensor& tensor, const Visit& visit) {
  for (int n = 0; n < tensor.dims[0]; n++) {
    for (int c = 0; c < tensor.dims[1]; c++) {
      for (int h = 0; h < tensor.dims[2]; h++) {
        visit(n, c, h);
      }
    }
  }
}

void loadRow(const Tensor& tensor, const void* data, int n, int c, int h,
             std::vector<double>& row) {
  lib::loadRun(tensor.type, data, tensor.offset(n, c, h, 0), tensor.strides[3], tensor.dims[3],
               row.data());
}

void storeRow(const Tensor& tensor, void* data, int n, int c, int h,
              const std::vector<double>& row) {
  lib::storeRun(tensor.type, data, tensor.offset(n, c, h, 0), tensor.strides[3], tensor.dims[3],
                row.data());
}

// values = alpha * values + beta * what the destination holds, which is not read where beta is 0.
void blend(const Tensor& tensor, void* data, int n, int c, int h, float alpha, float beta,
           std::vector<double>& values) {
  std::vector<double> old(beta == 0 ? 0 : values.size());
  if (beta != 0) {
    loadRow(tensor, data, n, c, h, old);
  }
  for (size_t w = 0; w < values.size(); w++) {
    values[w] = double(alpha) * values[w] + (beta == 0 ? 0 : double(beta) * old[w]);
  }
  storeRow(tensor, data, n, c, h, values);
}

double activate(const Activation& activation, double value) {
  if (std::isnan(value) && activation.nan == PROPAGATE_NAN) {
    return value;
  }
  return value > 0 ? value : 0;
}

struct ActivationForward {
  Activation activation;
  float alpha, beta;
  Tensor xDesc, yDesc;
  const void* x;
  void* y;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_read, xDesc, x, "activation input x")) ||
        (beta != 0 && (fault = checkTensor(cuemu_check_read, yDesc, y,
                                           "activation output y (beta is not 0)"))) ||
        (fault = checkTensor(cuemu_check_write, yDesc, y, "activation output y"))) {
      return fault;
    }
    std::vector<double> row(xDesc.dims[3]);
    forEachRow(xDesc, [&](int n, int c, int h) {
      loadRow(xDesc, x, n, c, h, row);
      for (double& value : row) {
        value = activate(activation, value);
      }
      blend(yDesc, y, n, c, h, alpha, beta, row);
    });
    return 0;
  }
};

struct ActivationBackward {
  float alpha, beta;
  Tensor yDesc, dyDesc, xDesc, dxDesc;
  const void* y;
  const void* dy;
  const void* x;
  void* dx;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_read, yDesc, y, "activation output y")) ||
        (fault = checkTensor(cuemu_check_read, dyDesc, dy, "activation gradient dy")) ||
        (fault = checkTensor(cuemu_check_read, xDesc, x, "activation input x")) ||
        (beta != 0 && (fault = checkTensor(cuemu_check_read, dxDesc, dx,
                                           "activation gradient dx (beta is not 0)"))) ||
        (fault = checkTensor(cuemu_check_write, dxDesc, dx, "activation gradient dx"))) {
      return fault;
    }
    std::vector<double> input(xDesc.dims[3]), gradient(xDesc.dims[3]);
    forEachRow(xDesc, [&](int n, int c, int h) {
      loadRow(xDesc, x, n, c, h, input);
      loadRow(dyDesc, dy, n, c, h, gradient);
      for (size_t w = 0; w < gradient.size(); w++) {
        gradient[w] = input[w] > 0 ? gradient[w] : 0;
      }
      blend(dxDesc, dx, n, c, h, alpha, beta, gradient);
    });
    return 0;
  }
};

// Any dimension of a may be 1 and is then repeated.
struct Add {
  float alpha, beta;
  Tensor aDesc, cDesc;
  const void* a;
  void* c;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_read, aDesc, a, "addend A")) ||
        (beta != 0 && (fault = checkTensor(cuemu_check_read, cDesc, c, "sum C"))) ||
        (fault = checkTensor(cuemu_check_write, cDesc, c, "sum C"))) {
      return fault;
    }
    std::vector<double> row(cDesc.dims[3]);
    const int* dims = aDesc.dims;
    forEachRow(cDesc, [&](int n, int channel, int h) {
      const size_t start = aDesc.offset(dims[0] == 1 ? 0 : n, dims[1] == 1 ? 0 : channel,
                                        dims[2] == 1 ? 0 : h, 0);
      lib::loadRun(aDesc.type, a, start, dims[3] == 1 ? 0 : aDesc.strides[3], row.size(),
                   row.data());
      blend(cDesc, c, n, channel, h, alpha, beta, row);
    });
    return 0;
  }
};

int checkRelu(const char* call, const Activation* activation) {
  CUDNN_TRY(checkObject(call, "activationDesc", activation, Kind::ACTIVATION));
  if (activation->mode == IDENTITY) {
    return refuse(call, BAD_PARAM, "IDENTITY is for cudnnConvolutionBiasActivationForward only");
  }
  return activation->mode == RELU
             ? SUCCESS
             : refuse(call, NOT_SUPPORTED, "the emulation does RELU (1), not activation mode %d",
                      activation->mode);
}

int checkAlike(const char* call, const char* names, const Tensor& a, const Tensor& b) {
  return a.type == b.type && a.hasDims(b)
             ? SUCCESS
             : refuse(call, BAD_PARAM, "%s differ in type or dimensions", names);
}

// A result may lie exactly on an input of the same layout, or apart from it.
int checkPlace(const char* call, const char* names, const Tensor& result, const void* to,
               const Tensor& input, const void* from) {
  if (!lib::overlap({to, result.bytes()}, {from, input.bytes()})) {
    return SUCCESS;
  }
  return to == from && result.isLike(input)
             ? SUCCESS
             : refuse(call, BAD_PARAM, "%s overlap without being the same tensor", names);
}

}  // namespace

CUDNN_EXPORT int cudnnActivationForward(Handle* handle, const Activation* activation,
                                        const float* alpha, const Tensor* xDesc, const void* x,
                                        const float* beta, const Tensor* yDesc, void* y) {
  const char* call = "cudnnActivationForward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkRelu(call, activation));
  CUDNN_TRY(checkObject(call, "xDesc", xDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "yDesc", yDesc, Kind::TENSOR));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  CUDNN_TRY(checkAlike(call, "xDesc and yDesc", *xDesc, *yDesc));
  CUDNN_TRY(checkPointer(call, "x", x, lib::bytesOf(xDesc->type)));
  CUDNN_TRY(checkPointer(call, "y", y, lib::bytesOf(yDesc->type)));
  CUDNN_TRY(checkPlace(call, "x and y", *yDesc, y, *xDesc, x));
  const ActivationForward work = {*activation, *alpha, *beta, *xDesc, *yDesc, x, y};
  return statusOf(call, lib::submit(handle->stream, call, work));
}

CUDNN_EXPORT int cudnnActivationBackward(Handle* handle, const Activation* activation,
                                         const float* alpha, const Tensor* yDesc, const void* y,
                                         const Tensor* dyDesc, const void* dy, const Tensor* xDesc,
                                         const void* x, const float* beta, const Tensor* dxDesc,
                                         void* dx) {
  const char* call = "cudnnActivationBackward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkRelu(call, activation));
  CUDNN_TRY(checkObject(call, "yDesc", yDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "dyDesc", dyDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "xDesc", xDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "dxDesc", dxDesc, Kind::TENSOR));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  CUDNN_TRY(checkAlike(call, "yDesc and dyDesc", *yDesc, *dyDesc));
  CUDNN_TRY(checkAlike(call, "xDesc and dxDesc", *xDesc, *dxDesc));
  CUDNN_TRY(checkAlike(call, "xDesc and yDesc", *xDesc, *yDesc));
  const size_t size = lib::bytesOf(xDesc->type);
  CUDNN_TRY(checkPointer(call, "y", y, size));
  CUDNN_TRY(checkPointer(call, "dy", dy, size));
  CUDNN_TRY(checkPointer(call, "x", x, size));
  CUDNN_TRY(checkPointer(call, "dx", dx, size));
  CUDNN_TRY(checkPlace(call, "dx and dy", *dxDesc, dx, *dyDesc, dy));
  const lib::Range written = {dx, dxDesc->bytes()};
  if (lib::overlap(written, {y, yDesc->bytes()}) || lib::overlap(written, {x, xDesc->bytes()})) {
    return refuse(call, BAD_PARAM, "dx overlaps y or x");
  }
  const ActivationBackward work = {*alpha, *beta, *yDesc, *dyDesc, *xDesc, *dxDesc, y, dy, x, dx};
  return statusOf(call, lib::submit(handle->stream, call, work));
}

CUDNN_EXPORT int cudnnAddTensor(Handle* handle, const float* alpha, const Tensor* aDesc,
                                const void* a, const float* beta, const Tensor* cDesc, void* c) {
  const char* call = "cudnnAddTensor";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkObject(call, "aDesc", aDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "cDesc", cDesc, Kind::TENSOR));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  if (aDesc->type != cDesc->type) {
    return refuse(call, BAD_PARAM, "A is %s and C is %s: they must be the same",
                  lib::nameOf(aDesc->type), lib::nameOf(cDesc->type));
  }
  for (int d = 0; d < 4; d++) {
    if (aDesc->dims[d] != 1 && aDesc->dims[d] != cDesc->dims[d]) {
      return refuse(call, BAD_PARAM, "dimension %d of A is %d, and should be 1 or C's %d", d,
                    aDesc->dims[d], cDesc->dims[d]);
    }
  }
  CUDNN_TRY(checkPointer(call, "A", a, lib::bytesOf(aDesc->type)));
  CUDNN_TRY(checkPointer(call, "C", c, lib::bytesOf(cDesc->type)));
  CUDNN_TRY(checkPlace(call, "A and C", *cDesc, c, *aDesc, a));
  const Add work = {*alpha, *beta, *aDesc, *cDesc, a, c};
  return statusOf(call, lib::submit(handle->stream, call, work));
}
