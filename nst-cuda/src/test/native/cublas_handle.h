// Handles of the emulated cuBLAS 12, and how its calls say no.
#ifndef NST_CUBLAS_HANDLE_H
#define NST_CUBLAS_HANDLE_H

#include "lib_work.h"

#define CUBLAS_EXPORT extern "C" __attribute__((visibility("default")))

namespace cublas {

enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  ARCH_MISMATCH = 8,
  MAPPING_ERROR = 11,
  EXECUTION_FAILED = 13,
  INTERNAL_ERROR = 14,
  NOT_SUPPORTED = 15,
  LICENSE_ERROR = 16
};

enum MathMode {
  DEFAULT_MATH = 0,
  TENSOR_OP_MATH = 1,
  PEDANTIC_MATH = 2,
  TF32_TENSOR_OP_MATH = 3,
  // May be added to any of the above.
  DISALLOW_REDUCED_PRECISION_REDUCTION = 16
};

enum PointerMode { HOST = 0, DEVICE = 1 };

struct Handle {
  CUcontext context;
  CUstream stream = nullptr;
  int mathMode = DEFAULT_MATH;
  int pointerMode = HOST;
  int atomicsMode = 0;
  void* workspace = nullptr;
  size_t workspaceBytes = 0;
};

const char* nameOf(int status);

// Prints one line, the call, what is wrong with it and the status the real library answers, and
// returns that status.
int refuse(const char* call, Status status, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

// Whether a call may go on with this handle: 0, or the status to return (an injected fault, or a
// handle that is null, destroyed, or used without the context it was made in).
int enter(const char* call, const Handle* handle);

}  // namespace cublas

#endif
