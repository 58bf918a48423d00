// Choosing algorithms: cudnnGet...Algorithm_v7, cudnnFind...Algorithm, cudnnFind...AlgorithmEx and
// the workspace sizes.
#include "cudnn_problem.h"

#include <algorithm>
#include <vector>

using namespace cudnn;

namespace {

// cudnnConvolutionFwdAlgoPerf_t and cudnnConvolutionBwdDataAlgoPerf_t, which are laid out alike.
struct Performance {
  int algorithm;
  int status;
  float time;
  size_t memory;
  int determinism;
  int mathType;
  int reserved[3];
};
static_assert(sizeof(Performance) == 48, "laid out as in cudnn_cnn.h");

constexpr size_t NO_LIMIT = ~size_t(0);

// All algorithms, fastest first, those that do not do it at the end with a status that says so.
std::vector<Performance> assess(const Problem& problem, size_t workspaceLimit) {
  std::vector<Performance> all;
  for (int algorithm = 0; algorithm < algorithmsOf(problem.direction); algorithm++) {
    Performance entry = {algorithm, SUCCESS, -1, 0, 0, problem.convolution.math, {}};
    if (whyUnsupported(algorithm, problem) != nullptr) {
      entry.status = NOT_SUPPORTED;
    } else if (workspaceBytes(algorithm, problem) > workspaceLimit) {
      entry.status = HOST_ALLOCATION_FAILED;
    } else {
      entry.time = estimatedTime(algorithm, problem);
      entry.memory = workspaceBytes(algorithm, problem);
      entry.determinism = isDeterministic(algorithm, problem);
    }
    all.push_back(entry);
  }
  std::stable_sort(all.begin(), all.end(), [](const Performance& a, const Performance& b) {
    const bool works = a.status == SUCCESS, other = b.status == SUCCESS;
    return works != other ? works : works && a.time < b.time;
  });
  return all;
}

// JCudnn copies as many results as it is told of even when the call fails: 0 of them then.
int begin(const char* call, const Handle* handle, int* returned) {
  if (returned != nullptr) {
    *returned = 0;
  }
  return enter(call, handle);
}

int answer(const char* call, const std::vector<Performance>& all, int requested, int* returned,
           Performance* results) {
  if (requested < 1 || returned == nullptr || results == nullptr) {
    return refuse(call, BAD_PARAM, "results for %d algorithms are asked for, into %p", requested,
                  static_cast<void*>(results));
  }
  *returned = std::min(requested, int(all.size()));
  std::copy_n(all.begin(), *returned, results);
  return SUCCESS;
}

int checkNotCapturing(const char* call, const Handle* handle) {
  return cuemu_is_capturing(handle->stream)
             ? refuse(call, NOT_SUPPORTED, "the stream is capturing, and this call runs and times "
                      "kernels and waits for them")
             : SUCCESS;
}

// Trying algorithms leaves rubbish in the result and the workspace, as the real calls do.
struct Trial {
  Problem problem;
  const void* source;
  const void* filter;
  void* result;
  void* workspace;
  size_t workspaceSize;

  int operator()() const {
    int fault = 0;
    if ((fault = checkTensor(cuemu_check_range, problem.source(), source, "find's input")) ||
        (fault = cuemu_check_range(filter, problem.w.bytes(), "find's filter")) ||
        (fault = checkTensor(overwrite, problem.result(), result, "find's output"))) {
      return fault;
    }
    return workspaceSize == 0 ? 0 : overwrite(workspace, workspaceSize, "find's workspace");
  }

  static int overwrite(const void* data, size_t bytes, const char* what) {
    const int fault = cuemu_check_write(data, bytes, what);
    if (fault == 0) {
      lib::scribble(const_cast<void*>(data), bytes);
    }
    return fault;
  }
};

int findEx(const char* call, Handle* handle, const Problem& problem, const void* source,
           const void* filter, void* result, int requested, int* returned, Performance* results,
           void* workspace, size_t workspaceSize) {
  CUDNN_TRY(checkNotCapturing(call, handle));
  CUDNN_TRY(checkPointer(call, "the input", source, problem.alignment()));
  CUDNN_TRY(checkPointer(call, "w", filter, problem.alignment()));
  CUDNN_TRY(checkPointer(call, "the output", result, problem.alignment()));
  if (workspaceSize != 0) {
    CUDNN_TRY(checkPointer(call, "the workspace", workspace, 16));
  }
  const std::vector<Performance> all = assess(problem, workspaceSize);
  size_t used = 0;
  for (const Performance& entry : all) {
    used = std::max(used, entry.memory);
  }
  const Trial trial = {problem, source, filter, result, workspace, used};
  CUDNN_TRY(statusOf(call, lib::submit(handle->stream, call, trial)));
  CUDNN_TRY(statusOf(call, cuStreamSynchronize(handle->stream)));
  return answer(call, all, requested, returned, results);
}

int workspaceSize(const char* call, const Problem& problem, int algorithm, size_t* bytes) {
  if (const char* reason = whyUnsupported(algorithm, problem)) {
    return refuse(call, NOT_SUPPORTED, "algorithm %d does not do this convolution: %s", algorithm,
                  reason);
  }
  if (bytes == nullptr) {
    return refuse(call, BAD_PARAM, "the place for the size is null");
  }
  *bytes = workspaceBytes(algorithm, problem);
  return SUCCESS;
}

constexpr Direction FORWARD = Direction::FORWARD;
constexpr Direction BACKWARD = Direction::BACKWARD_DATA;

}  // namespace

CUDNN_EXPORT int cudnnGetConvolutionForwardAlgorithmMaxCount(Handle* handle, int* count) {
  CUDNN_TRY(enter("cudnnGetConvolutionForwardAlgorithmMaxCount", handle));
  *count = FORWARD_ALGORITHMS;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetConvolutionBackwardDataAlgorithmMaxCount(Handle* handle, int* count) {
  CUDNN_TRY(enter("cudnnGetConvolutionBackwardDataAlgorithmMaxCount", handle));
  *count = BACKWARD_ALGORITHMS;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetConvolutionForwardWorkspaceSize(Handle* handle, const Tensor* xDesc,
                                                         const Filter* wDesc,
                                                         const Convolution* convDesc,
                                                         const Tensor* yDesc, int algorithm,
                                                         size_t* bytes) {
  const char* call = "cudnnGetConvolutionForwardWorkspaceSize";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkProblem(call, FORWARD, xDesc, wDesc, convDesc, yDesc));
  return workspaceSize(call, {FORWARD, *xDesc, *wDesc, *convDesc, *yDesc}, algorithm, bytes);
}

CUDNN_EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(Handle* handle, const Filter* wDesc,
                                                              const Tensor* dyDesc,
                                                              const Convolution* convDesc,
                                                              const Tensor* dxDesc, int algorithm,
                                                              size_t* bytes) {
  const char* call = "cudnnGetConvolutionBackwardDataWorkspaceSize";
  CUDNN_TRY(enter(call, handle));
  CUDNN_TRY(checkProblem(call, BACKWARD, dxDesc, wDesc, convDesc, dyDesc));
  return workspaceSize(call, {BACKWARD, *dxDesc, *wDesc, *convDesc, *dyDesc}, algorithm, bytes);
}

CUDNN_EXPORT int cudnnGetConvolutionForwardAlgorithm_v7(Handle* handle, const Tensor* xDesc,
                                                        const Filter* wDesc,
                                                        const Convolution* convDesc,
                                                        const Tensor* yDesc, int requested,
                                                        int* returned, Performance* results) {
  const char* call = "cudnnGetConvolutionForwardAlgorithm_v7";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, FORWARD, xDesc, wDesc, convDesc, yDesc));
  return answer(call, assess({FORWARD, *xDesc, *wDesc, *convDesc, *yDesc}, NO_LIMIT), requested,
                returned, results);
}

CUDNN_EXPORT int cudnnGetConvolutionBackwardDataAlgorithm_v7(
    Handle* handle, const Filter* wDesc, const Tensor* dyDesc, const Convolution* convDesc,
    const Tensor* dxDesc, int requested, int* returned, Performance* results) {
  const char* call = "cudnnGetConvolutionBackwardDataAlgorithm_v7";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, BACKWARD, dxDesc, wDesc, convDesc, dyDesc));
  return answer(call, assess({BACKWARD, *dxDesc, *wDesc, *convDesc, *dyDesc}, NO_LIMIT), requested,
                returned, results);
}

// The forms without buffers allocate and run on memory of their own.
CUDNN_EXPORT int cudnnFindConvolutionForwardAlgorithm(Handle* handle, const Tensor* xDesc,
                                                      const Filter* wDesc,
                                                      const Convolution* convDesc,
                                                      const Tensor* yDesc, int requested,
                                                      int* returned, Performance* results) {
  const char* call = "cudnnFindConvolutionForwardAlgorithm";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, FORWARD, xDesc, wDesc, convDesc, yDesc));
  CUDNN_TRY(checkNotCapturing(call, handle));
  return answer(call, assess({FORWARD, *xDesc, *wDesc, *convDesc, *yDesc}, NO_LIMIT), requested,
                returned, results);
}

CUDNN_EXPORT int cudnnFindConvolutionBackwardDataAlgorithm(Handle* handle, const Filter* wDesc,
                                                           const Tensor* dyDesc,
                                                           const Convolution* convDesc,
                                                           const Tensor* dxDesc, int requested,
                                                           int* returned, Performance* results) {
  const char* call = "cudnnFindConvolutionBackwardDataAlgorithm";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, BACKWARD, dxDesc, wDesc, convDesc, dyDesc));
  CUDNN_TRY(checkNotCapturing(call, handle));
  return answer(call, assess({BACKWARD, *dxDesc, *wDesc, *convDesc, *dyDesc}, NO_LIMIT), requested,
                returned, results);
}

CUDNN_EXPORT int cudnnFindConvolutionForwardAlgorithmEx(
    Handle* handle, const Tensor* xDesc, const void* x, const Filter* wDesc, const void* w,
    const Convolution* convDesc, const Tensor* yDesc, void* y, int requested, int* returned,
    Performance* results, void* workspace, size_t workspaceBytes) {
  const char* call = "cudnnFindConvolutionForwardAlgorithmEx";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, FORWARD, xDesc, wDesc, convDesc, yDesc));
  return findEx(call, handle, {FORWARD, *xDesc, *wDesc, *convDesc, *yDesc}, x, w, y, requested,
                returned, results, workspace, workspaceBytes);
}

CUDNN_EXPORT int cudnnFindConvolutionBackwardDataAlgorithmEx(
    Handle* handle, const Filter* wDesc, const void* w, const Tensor* dyDesc, const void* dy,
    const Convolution* convDesc, const Tensor* dxDesc, void* dx, int requested, int* returned,
    Performance* results, void* workspace, size_t workspaceBytes) {
  const char* call = "cudnnFindConvolutionBackwardDataAlgorithmEx";
  CUDNN_TRY(begin(call, handle, returned));
  CUDNN_TRY(checkProblem(call, BACKWARD, dxDesc, wDesc, convDesc, dyDesc));
  return findEx(call, handle, {BACKWARD, *dxDesc, *wDesc, *convDesc, *dyDesc}, dy, w, dx, requested,
                returned, results, workspace, workspaceBytes);
}

CUDNN_EXPORT int cudnnGetConvolution2dForwardOutputDim(const Convolution* convDesc,
                                                       const Tensor* xDesc, const Filter* wDesc,
                                                       int* n, int* c, int* h, int* w) {
  const char* call = "cudnnGetConvolution2dForwardOutputDim";
  CUDNN_TRY(checkObject(call, "convDesc", convDesc, Kind::CONVOLUTION));
  CUDNN_TRY(checkObject(call, "inputTensorDesc", xDesc, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "filterDesc", wDesc, Kind::FILTER));
  int* const sizes[] = {h, w};
  *n = xDesc->dims[0];
  *c = wDesc->dims[0];
  for (int axis = 0; axis < 2; axis++) {
    const int span = (wDesc->dims[2 + axis] - 1) * convDesc->dilation[axis] + 1;
    *sizes[axis] =
        1 + (xDesc->dims[2 + axis] + 2 * convDesc->pad[axis] - span) / convDesc->stride[axis];
  }
  return SUCCESS;
}
