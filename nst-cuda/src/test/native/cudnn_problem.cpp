// Checks of convolution descriptors, after the tables of supported configurations in NVIDIA's
// documentation of cudnnConvolutionForward and cudnnConvolutionBackwardData. Where that leaves a
// doubt the stricter reading is taken: a backend that passes here must not need the laxer one.
#include "cudnn_problem.h"

#include <algorithm>

namespace cudnn {

namespace {

// Rows outermost, whether or not there are gaps between them.
bool isNchwOrdered(const Tensor& tensor) {
  int inner = 1;
  for (int d = 3; d >= 0; d--) {
    if (tensor.dims[d] == 1) {
      continue;
    }
    if (tensor.strides[d] < inner || (inner == 1 && d == 3 && tensor.strides[d] != 1)) {
      return false;
    }
    inner = tensor.strides[d];
  }
  return true;
}

int checkLayout(const char* call, const char* name, const Tensor& tensor, const Filter& w) {
  if (w.format == NHWC && !tensor.isNhwc()) {
    return refuse(call, NOT_SUPPORTED, "the filter is NHWC (KRSC) and %s is not packed NHWC: "
                  "strides %d, %d, %d, %d", name, tensor.strides[0], tensor.strides[1],
                  tensor.strides[2], tensor.strides[3]);
  }
  if (w.format == NCHW && !isNchwOrdered(tensor)) {
    return refuse(call, NOT_SUPPORTED, "the filter is NCHW (KCRS) and %s is not: strides %d, %d, "
                  "%d, %d; an NHWC tensor wants an NHWC filter", name, tensor.strides[0],
                  tensor.strides[1], tensor.strides[2], tensor.strides[3]);
  }
  return SUCCESS;
}

int checkTypes(const char* call, const Tensor& x, const Filter& w, const Convolution& convolution,
               const Tensor& y) {
  if (x.type != w.type || y.type != w.type) {
    return refuse(call, BAD_PARAM, "x is %s, w is %s and y is %s: they must be the same",
                  lib::nameOf(x.type), lib::nameOf(w.type), lib::nameOf(y.type));
  }
  if (convolution.computeType != FLOAT) {
    return refuse(call, NOT_SUPPORTED, "compute type %d for %s tensors: the configurations here "
                  "compute in float (0)", convolution.computeType, lib::nameOf(w.type));
  }
  if (w.type == lib::Format::BF16 && cuemu_compute_capability() < 80) {
    return refuse(call, NOT_SUPPORTED, "bfloat16 needs compute capability 8.0, this is %d.%d",
                  cuemu_compute_capability() / 10, cuemu_compute_capability() % 10);
  }
  return SUCCESS;
}

int checkDims(const char* call, const Tensor& x, const Filter& w, const Convolution& convolution,
              const Tensor& y) {
  const int groups = convolution.groups;
  if (x.dims[1] != w.dims[1] * groups || w.dims[0] % groups != 0) {
    return refuse(call, BAD_PARAM, "x has %d channels, the filter takes %d in each of %d groups "
                  "and gives %d", x.dims[1], w.dims[1], groups, w.dims[0]);
  }
  if (y.dims[0] != x.dims[0] || y.dims[1] != w.dims[0]) {
    return refuse(call, BAD_PARAM, "y is of %d images with %d channels, x of %d images and the "
                  "filter gives %d channels", y.dims[0], y.dims[1], x.dims[0], w.dims[0]);
  }
  for (int axis = 0; axis < 2; axis++) {
    const int span = (w.dims[2 + axis] - 1) * convolution.dilation[axis] + 1;
    const int padded = x.dims[2 + axis] + 2 * convolution.pad[axis];
    if (span > padded) {
      return refuse(call, BAD_PARAM, "the filter spans %d, more than the padded input's %d", span,
                    padded);
    }
    const int expected = 1 + (padded - span) / convolution.stride[axis];
    if (y.dims[2 + axis] != expected) {
      return refuse(call, BAD_PARAM, "y's %s is %d, and %d comes out of x, padding, stride and "
                    "filter", axis == 0 ? "height" : "width", y.dims[2 + axis], expected);
    }
  }
  return SUCCESS;
}

// What Winograd and FFT kernels ask for alike.
const char* whyNotTransformed(const Problem& problem) {
  const Convolution& convolution = problem.convolution;
  if (problem.w.format != NCHW || !problem.x.isNchw() || !problem.y.isNchw()) {
    return "it wants packed NCHW";
  }
  if (problem.w.type != lib::Format::F32) {
    return "it is relied upon for float32 only";
  }
  if (convolution.stride[0] != 1 || convolution.stride[1] != 1 || convolution.dilation[0] != 1 ||
      convolution.dilation[1] != 1) {
    return "it wants strides and dilations of 1";
  }
  return convolution.groups == 1 ? nullptr : "it does no groups";
}

const char* whyNotFft(const Problem& problem, bool tiling) {
  if (const char* reason = whyNotTransformed(problem)) {
    return reason;
  }
  for (int axis = 0; axis < 2; axis++) {
    if (problem.w.dims[2 + axis] <= problem.convolution.pad[axis]) {
      return "it wants a filter larger than the padding";
    }
    if (!tiling && problem.x.dims[2 + axis] + 2 * problem.convolution.pad[axis] > 256) {
      return "it wants a padded input of at most 256";
    }
    if (tiling && problem.w.dims[2 + axis] > 32) {
      return "it wants a filter of at most 32";
    }
  }
  return nullptr;
}

const char* whyNotWinograd(const Problem& problem, bool fused) {
  if (const char* reason = whyNotTransformed(problem)) {
    return reason;
  }
  const int rows = problem.w.dims[2];
  if (rows != problem.w.dims[3] || !(rows == 3 || (rows == 5 && !fused))) {
    return fused ? "it wants a 3x3 filter" : "it wants a 3x3 or 5x5 filter";
  }
  return nullptr;
}

const char* whyNotForward(int algorithm, const Problem& problem) {
  switch (algorithm) {
    case IMPLICIT_PRECOMP_GEMM:
      return nullptr;
    case IMPLICIT_GEMM:
      return problem.w.format == NCHW ? nullptr : "only IMPLICIT_PRECOMP_GEMM (1) does NHWC";
    case GEMM:
      if (problem.w.format != NCHW) {
        return "only IMPLICIT_PRECOMP_GEMM (1) does NHWC";
      }
      return problem.convolution.dilation[0] == 1 && problem.convolution.dilation[1] == 1
                 ? nullptr
                 : "it wants dilations of 1";
    case DIRECT:
      return "it is not implemented";
    case FFT:
    case FFT_TILING:
      return whyNotFft(problem, algorithm == FFT_TILING);
    case WINOGRAD:
    case WINOGRAD_NONFUSED:
      return whyNotWinograd(problem, algorithm == WINOGRAD);
    default:
      return "there is no such algorithm";
  }
}

const char* whyNotBackward(int algorithm, const Problem& problem) {
  switch (algorithm) {
    case BACKWARD_0:
    case BACKWARD_1:
      return nullptr;
    case BACKWARD_FFT:
    case BACKWARD_FFT_TILING:
      return whyNotFft(problem, algorithm == BACKWARD_FFT_TILING);
    case BACKWARD_WINOGRAD:
    case BACKWARD_WINOGRAD_NONFUSED:
      return whyNotWinograd(problem, algorithm == BACKWARD_WINOGRAD);
    default:
      return "there is no such algorithm";
  }
}

// The forward algorithm of the same family, which has the same appetite.
int familyOf(int algorithm, Direction direction) {
  if (direction == Direction::FORWARD) {
    return algorithm;
  }
  const int families[] = {IMPLICIT_PRECOMP_GEMM, IMPLICIT_PRECOMP_GEMM, FFT, FFT_TILING,
                          WINOGRAD, WINOGRAD_NONFUSED};
  return families[algorithm];
}

}  // namespace

bool Problem::usesTf32() const {
  return w.type == lib::Format::F32 && convolution.math != FMA_MATH &&
         cuemu_compute_capability() >= 80;
}

size_t Problem::alignment() const {
  return w.type != lib::Format::F32 || usesTf32() ? 16 : sizeof(float);
}

int checkProblem(const char* call, Direction direction, const Tensor* x, const Filter* w,
                 const Convolution* convolution, const Tensor* y) {
  const bool forward = direction == Direction::FORWARD;
  CUDNN_TRY(checkObject(call, forward ? "xDesc" : "dxDesc", x, Kind::TENSOR));
  CUDNN_TRY(checkObject(call, "wDesc", w, Kind::FILTER));
  CUDNN_TRY(checkObject(call, "convDesc", convolution, Kind::CONVOLUTION));
  CUDNN_TRY(checkObject(call, forward ? "yDesc" : "dyDesc", y, Kind::TENSOR));
  CUDNN_TRY(checkTypes(call, *x, *w, *convolution, *y));
  CUDNN_TRY(checkDims(call, *x, *w, *convolution, *y));
  CUDNN_TRY(checkLayout(call, forward ? "x" : "dx", *x, *w));
  CUDNN_TRY(checkLayout(call, forward ? "y" : "dy", *y, *w));
  if (w->format == NHWC && w->type != lib::Format::F32 &&
      (w->dims[1] % 8 != 0 || w->dims[0] % 8 != 0)) {
    return refuse(call, NOT_SUPPORTED, "%s NHWC with %d input and %d output channels: tensor cores "
                  "want multiples of 8, and other numbers are not to be relied upon",
                  lib::nameOf(w->type), w->dims[1], w->dims[0]);
  }
  return SUCCESS;
}

const char* whyUnsupported(int algorithm, const Problem& problem) {
  return problem.direction == Direction::FORWARD ? whyNotForward(algorithm, problem)
                                                 : whyNotBackward(algorithm, problem);
}

size_t workspaceBytes(int algorithm, const Problem& problem) {
  const size_t filter = problem.w.elements();
  const size_t pixels = problem.result().elements() / problem.result().dims[1];
  const size_t touched = problem.x.elements() + problem.y.elements();
  size_t bytes = 0;
  switch (familyOf(algorithm, problem.direction)) {
    case IMPLICIT_GEMM:
      return 0;
    case IMPLICIT_PRECOMP_GEMM:
      // Offsets of each pixel, and where tensor cores get NCHW, a copy in NHWC.
      bytes = 16 * pixels + (problem.w.format == NCHW && problem.alignment() == 16
                                 ? (touched + filter) * lib::bytesOf(problem.w.type)
                                 : 0);
      break;
    case GEMM:
      // One image with every pixel's window written out.
      bytes = pixels / problem.x.dims[0] * (filter / problem.w.dims[0]) * sizeof(float);
      break;
    case WINOGRAD:
      bytes = 16 * filter / 9 * sizeof(float);
      break;
    case WINOGRAD_NONFUSED:
      bytes = (4 * filter + 9 * touched / 4) * sizeof(float);
      break;
    default:
      bytes = 2 * (touched + 16 * filter) * sizeof(float);
  }
  return (bytes + 511) / 256 * 256;
}

float estimatedTime(int algorithm, const Problem& problem) {
  // Relative to IMPLICIT_GEMM, by family.
  const float costs[] = {1.0f, 0.6f, 0.9f, 1.0f, 1.2f, 1.1f, 0.5f, 0.4f};
  const double work = double(problem.y.elements()) * problem.w.elements() / problem.w.dims[0];
  const float second = problem.direction == Direction::BACKWARD_DATA && algorithm == BACKWARD_0
                           ? 1.3f
                           : 1.0f;
  return float(1e-3 + work * 1e-9) * costs[familyOf(algorithm, problem.direction)] * second;
}

bool isDeterministic(int algorithm, const Problem& problem) {
  return problem.direction == Direction::FORWARD || algorithm != BACKWARD_0;
}

}  // namespace cudnn
