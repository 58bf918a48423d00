// cudnnConvolutionForward, cudnnConvolutionBackwardData and cudnnConvolutionBiasActivationForward.
#include "cudnn_convolve.h"

#include <vector>

using namespace cudnn;

namespace {

struct Workspace {
  void* data;
  size_t needed;

  // The real kernels leave whatever they like in it.
  int overwrite() const {
    if (needed == 0) {
      return 0;
    }
    if (const int fault = cuemu_check_write(data, needed, "cuDNN workspace")) {
      return fault;
    }
    lib::scribble(data, needed);
    return 0;
  }
};

int checkAlgorithm(const char* call, int algorithm, const Problem& problem, void* workspace,
                   size_t workspaceSize, Workspace* result) {
  if (const char* reason = whyUnsupported(algorithm, problem)) {
    return refuse(call, NOT_SUPPORTED, "algorithm %d does not do this convolution: %s", algorithm,
                  reason);
  }
  const size_t needed = workspaceBytes(algorithm, problem);
  if (needed > workspaceSize) {
    return refuse(call, BAD_PARAM, "algorithm %d needs a workspace of %zu bytes and got %zu",
                  algorithm, needed, workspaceSize);
  }
  if (needed != 0) {
    CUDNN_TRY(checkPointer(call, "the workspace", workspace, 16));
  }
  *result = {workspace, needed};
  return SUCCESS;
}

int checkApart(const char* call, const char* first, lib::Range a, const char* second,
               lib::Range b) {
  return lib::overlap(a, b)
             ? refuse(call, BAD_PARAM, "%s overlaps %s", first, second)
             : SUCCESS;
}

int checkBuffers(const char* call, const Problem& problem, const void* source, const void* filter,
                 const void* result, const Workspace& workspace) {
  const bool forward = problem.direction == Direction::FORWARD;
  const char* sourceName = forward ? "x" : "dy";
  const char* resultName = forward ? "y" : "dx";
  CUDNN_TRY(checkPointer(call, sourceName, source, problem.alignment()));
  CUDNN_TRY(checkPointer(call, "w", filter, problem.alignment()));
  CUDNN_TRY(checkPointer(call, resultName, result, problem.alignment()));
  const lib::Range from = {source, problem.source().bytes()};
  const lib::Range to = {result, problem.result().bytes()};
  const lib::Range by = {filter, problem.w.bytes()};
  const lib::Range work = {workspace.data, workspace.needed};
  CUDNN_TRY(checkApart(call, resultName, to, sourceName, from));
  CUDNN_TRY(checkApart(call, resultName, to, "w", by));
  CUDNN_TRY(checkApart(call, "the workspace", work, sourceName, from));
  CUDNN_TRY(checkApart(call, "the workspace", work, "w", by));
  return checkApart(call, "the workspace", work, resultName, to);
}

// What is done with the sums: result = activation(alpha * sums + beta * addend + bias).
struct Ending {
  float alpha;
  float beta;
  // The result itself, or z of cudnnConvolutionBiasActivationForward; not read where beta is 0.
  const void* addend;
  const void* bias;
  bool relu;
};

struct Work {
  Problem problem;
  const void* source;
  const void* filter;
  void* result;
  Workspace workspace;
  Ending ending;

  int operator()() const;
  int checkMemory() const;
};

int Work::checkMemory() const {
  const bool forward = problem.direction == Direction::FORWARD;
  int fault = 0;
  if ((fault = workspace.overwrite()) ||
      (fault = checkTensor(cuemu_check_read, problem.source(), source,
                           forward ? "convolution input x" : "convolution gradient dy")) ||
      (fault = cuemu_check_read(filter, problem.w.bytes(), "convolution filter w"))) {
    return fault;
  }
  if (ending.beta != 0 && (fault = checkTensor(cuemu_check_read, problem.result(), ending.addend,
                                               "convolution addend (beta is not 0)"))) {
    return fault;
  }
  const size_t biasBytes = size_t(problem.w.dims[0]) * lib::bytesOf(problem.w.type);
  if (ending.bias != nullptr &&
      (fault = cuemu_check_read(ending.bias, biasBytes, "convolution bias"))) {
    return fault;
  }
  return checkTensor(cuemu_check_write, problem.result(), result,
                     forward ? "convolution output y" : "convolution gradient dx");
}

int Work::operator()() const {
  if (const int fault = checkMemory()) {
    return fault;
  }
  const Tensor& to = problem.result();
  std::vector<double> bias(to.dims[1], 0.0);
  if (ending.bias != nullptr) {
    lib::loadRun(to.type, ending.bias, 0, 1, bias.size(), bias.data());
  }
  std::vector<double> values(to.dims[1]);
  std::vector<double> addend(to.dims[1]);
  convolve(problem, source, filter,
           [&](int n, int h, int w, int channel, int channels, const double* sums) {
             const size_t start = to.offset(n, channel, h, w);
             for (int c = 0; c < channels; c++) {
               values[c] = double(ending.alpha) * sums[c] + bias[channel + c];
             }
             if (ending.beta != 0) {
               lib::loadRun(to.type, ending.addend, start, to.strides[1], channels, addend.data());
               for (int c = 0; c < channels; c++) {
                 values[c] += double(ending.beta) * addend[c];
               }
             }
             if (ending.relu) {
               // A NaN becomes 0: the fused call is only done without NaN propagation.
               for (int c = 0; c < channels; c++) {
                 values[c] = values[c] > 0 ? values[c] : 0;
               }
             }
             lib::storeRun(to.type, result, start, to.strides[1], channels, values.data());
           });
  return 0;
}

int run(const char* call, Handle* handle, const Problem& problem, int algorithm,
        const void* source, const void* filter, void* workspace, size_t workspaceSize, void* result,
        const Ending& ending) {
  Workspace checked = {};
  CUDNN_TRY(checkAlgorithm(call, algorithm, problem, workspace, workspaceSize, &checked));
  CUDNN_TRY(checkBuffers(call, problem, source, filter, result, checked));
  const Work work = {problem, source, filter, result, checked, ending};
  return statusOf(call, lib::submit(handle->stream, call, work));
}

int checkBias(const char* call, const Tensor* biasDesc, const void* bias, const Tensor& y) {
  CUDNN_TRY(checkObject(call, "biasDesc", biasDesc, Kind::TENSOR));
  const int* dims = biasDesc->dims;
  if (dims[0] != 1 || dims[1] != y.dims[1] || dims[2] != 1 || dims[3] != 1 ||
      biasDesc->strides[1] != 1) {
    return refuse(call, BAD_PARAM, "the bias is %d x %d x %d x %d with channel stride %d, and "
                  "should be 1 x %d x 1 x 1 with stride 1", dims[0], dims[1], dims[2], dims[3],
                  biasDesc->strides[1], y.dims[1]);
  }
  if (biasDesc->type != y.type) {
    return refuse(call, BAD_PARAM, "the bias is %s and y is %s: they must be the same",
                  lib::nameOf(biasDesc->type), lib::nameOf(y.type));
  }
  return checkPointer(call, "the bias", bias, lib::bytesOf(y.type));
}

int checkActivation(const char* call, const Activation* activation, int algorithm) {
  CUDNN_TRY(checkObject(call, "activationDesc", activation, Kind::ACTIVATION));
  if (activation->mode != RELU && activation->mode != IDENTITY) {
    return refuse(call, BAD_PARAM, "activation mode %d is neither RELU (1) nor IDENTITY (5)",
                  activation->mode);
  }
  if (activation->nan != NOT_PROPAGATE_NAN) {
    return refuse(call, BAD_PARAM, "the activation propagates NaN, and must be set to "
                  "CUDNN_NOT_PROPAGATE_NAN");
  }
  if (activation->mode == IDENTITY && algorithm != IMPLICIT_PRECOMP_GEMM) {
    return refuse(call, NOT_SUPPORTED, "IDENTITY goes with IMPLICIT_PRECOMP_GEMM (1) only, not "
                  "with algorithm %d", algorithm);
  }
  return SUCCESS;
}

}  // namespace

CUDNN_EXPORT int cudnnConvolutionForward(Handle* handle, const float* alpha, const Tensor* xDesc,
                                         const void* x, const Filter* wDesc, const void* w,
                                         const Convolution* convDesc, int algorithm,
                                         void* workspace, size_t workspaceSize, const float* beta,
                                         const Tensor* yDesc, void* y) {
  const char* call = "cudnnConvolutionForward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkProblem(call, Direction::FORWARD, xDesc, wDesc, convDesc, yDesc));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  const Problem problem = {Direction::FORWARD, *xDesc, *wDesc, *convDesc, *yDesc};
  return run(call, handle, problem, algorithm, x, w, workspace, workspaceSize, y,
             {*alpha, *beta, y, nullptr, false});
}

CUDNN_EXPORT int cudnnConvolutionBackwardData(Handle* handle, const float* alpha,
                                              const Filter* wDesc, const void* w,
                                              const Tensor* dyDesc, const void* dy,
                                              const Convolution* convDesc, int algorithm,
                                              void* workspace, size_t workspaceSize,
                                              const float* beta, const Tensor* dxDesc, void* dx) {
  const char* call = "cudnnConvolutionBackwardData";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkProblem(call, Direction::BACKWARD_DATA, dxDesc, wDesc, convDesc, dyDesc));
  CUDNN_TRY(checkScalars(call, alpha, beta));
  const Problem problem = {Direction::BACKWARD_DATA, *dxDesc, *wDesc, *convDesc, *dyDesc};
  return run(call, handle, problem, algorithm, dy, w, workspace, workspaceSize, dx,
             {*alpha, *beta, dx, nullptr, false});
}

CUDNN_EXPORT int cudnnConvolutionBiasActivationForward(
    Handle* handle, const float* alpha1, const Tensor* xDesc, const void* x, const Filter* wDesc,
    const void* w, const Convolution* convDesc, int algorithm, void* workspace,
    size_t workspaceSize, const float* alpha2, const Tensor* zDesc, const void* z,
    const Tensor* biasDesc, const void* bias, const Activation* activationDesc,
    const Tensor* yDesc, void* y) {
  const char* call = "cudnnConvolutionBiasActivationForward";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkProblem(call, Direction::FORWARD, xDesc, wDesc, convDesc, yDesc));
  CUDNN_TRY(checkScalars(call, alpha1, alpha2));
  CUDNN_TRY(checkObject(call, "zDesc", zDesc, Kind::TENSOR));
  CUDNN_TRY(checkBias(call, biasDesc, bias, *yDesc));
  CUDNN_TRY(checkActivation(call, activationDesc, algorithm));
  if (!zDesc->isLike(*yDesc)) {
    return refuse(call, BAD_PARAM, "zDesc and yDesc differ");
  }
  const Problem problem = {Direction::FORWARD, *xDesc, *wDesc, *convDesc, *yDesc};
  // z may be y itself, but not another part of it. It is asked for even where alpha2 is 0.
  CUDNN_TRY(checkPointer(call, "z", z, problem.alignment()));
  const lib::Range output = {y, yDesc->bytes()};
  if (z != y) {
    CUDNN_TRY(checkApart(call, "y", output, "z", {z, *alpha2 == 0 ? 0 : zDesc->bytes()}));
  }
  CUDNN_TRY(checkApart(call, "y", output, "the bias", {bias, biasDesc->bytes()}));
  const lib::Range work = {workspace, workspaceSize};
  CUDNN_TRY(checkApart(call, "the workspace", work, "the bias", {bias, biasDesc->bytes()}));
  return run(call, handle, problem, algorithm, x, w, workspace, workspaceSize, y,
             {*alpha1, *alpha2, z, bias, activationDesc->mode == RELU});
}
