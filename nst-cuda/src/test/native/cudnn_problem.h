// One convolution as cuDNN sees it: its descriptors' values, what is checked about them, and which
// algorithms do it with how much workspace.
#ifndef NST_CUDNN_PROBLEM_H
#define NST_CUDNN_PROBLEM_H

#include "cudnn_objects.h"

namespace cudnn {

enum class Direction { FORWARD, BACKWARD_DATA };

enum ForwardAlgorithm {
  IMPLICIT_GEMM = 0,
  IMPLICIT_PRECOMP_GEMM = 1,
  GEMM = 2,
  DIRECT = 3,
  FFT = 4,
  FFT_TILING = 5,
  WINOGRAD = 6,
  WINOGRAD_NONFUSED = 7,
  FORWARD_ALGORITHMS = 8
};

enum BackwardDataAlgorithm {
  BACKWARD_0 = 0,
  BACKWARD_1 = 1,
  BACKWARD_FFT = 2,
  BACKWARD_FFT_TILING = 3,
  BACKWARD_WINOGRAD = 4,
  BACKWARD_WINOGRAD_NONFUSED = 5,
  BACKWARD_ALGORITHMS = 6
};

inline int algorithmsOf(Direction direction) {
  return direction == Direction::FORWARD ? int(FORWARD_ALGORITHMS) : int(BACKWARD_ALGORITHMS);
}

// x is the input's side and y the output's, in both directions: going backward the gradient of y is
// read and that of x written.
struct Problem {
  Direction direction;
  Tensor x;
  Filter w;
  Convolution convolution;
  Tensor y;

  const Tensor& source() const { return direction == Direction::FORWARD ? x : y; }
  const Tensor& result() const { return direction == Direction::FORWARD ? y : x; }
  // Whether float32 factors are rounded to TF32: allowed by every math type but FMA, also by the
  // default one.
  bool usesTf32() const;
  // What the kernels demand of pointers: tensor cores load 16 bytes at a time.
  size_t alignment() const;
};

// Whether the four descriptors fit together: 0 or the status to return.
int checkProblem(const char* call, Direction direction, const Tensor* x, const Filter* w,
                 const Convolution* convolution, const Tensor* y);

// Why the algorithm does not do this problem, or null where it does.
const char* whyUnsupported(int algorithm, const Problem& problem);

// What the algorithm asks for; every one but IMPLICIT_GEMM wants some.
size_t workspaceBytes(int algorithm, const Problem& problem);

// An estimate in milliseconds that puts the algorithms into a plausible, repeatable order.
float estimatedTime(int algorithm, const Problem& problem);

bool isDeterministic(int algorithm, const Problem& problem);

}  // namespace cudnn

#endif
