// What the emulated cuBLAS and cuDNN share in talking to the emulated driver.
#ifndef NST_LIB_WORK_H
#define NST_LIB_WORK_H

#include "abi.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

extern "C" {
typedef struct CUctx_st* CUcontext;
int cuCtxGetCurrent(CUcontext* context);
int cuStreamSynchronize(CUstream stream);
}

namespace lib {

constexpr int CUDA_SUCCESS = 0;
constexpr int CUDA_ERROR_LAUNCH_FAILED = 719;

// Prints a line the driver's way, so that tests can ask for it.
inline void say(const std::string& line) { cuemu_fault(CUDA_SUCCESS, line.c_str()); }

// Hands work to the stream: like a kernel it runs later, in order, or is recorded by a capture and
// then runs any number of times. Everything it needs is captured by value.
template <class Work>
int submit(CUstream stream, const char* what, Work work) {
  Work* kept = new Work(std::move(work));
  return cuemu_submit(
      stream, what,
      [](void* argument) {
        try {
          return (*static_cast<const Work*>(argument))();
        } catch (const std::exception& failure) {
          cuemu_fault(CUDA_ERROR_LAUNCH_FAILED, failure.what());
          return CUDA_ERROR_LAUNCH_FAILED;
        }
      },
      kept, [](void* argument) { delete static_cast<Work*>(argument); });
}

inline CUcontext currentContext() {
  CUcontext context = nullptr;
  return cuCtxGetCurrent(&context) == 0 ? context : nullptr;
}

// cublasGetProperty and cudnnGetProperty answer these numbers, which no real library knows, with how
// many handles are alive, and handles and descriptors. EmulatedLibraries.java holds the same ones.
constexpr int LIVE_HANDLES = 0x6e737460;
constexpr int LIVE_OBJECTS = 0x6e737461;

// A stretch of device memory, for telling whether two overlap.
struct Range {
  const void* start;
  size_t bytes;
};

inline bool overlap(const Range& a, const Range& b) {
  const uintptr_t p = reinterpret_cast<uintptr_t>(a.start);
  const uintptr_t q = reinterpret_cast<uintptr_t>(b.start);
  return a.bytes != 0 && b.bytes != 0 && p < q + b.bytes && q < p + a.bytes;
}

inline bool aligned(const void* pointer, size_t bytes) {
  return reinterpret_cast<uintptr_t>(pointer) % bytes == 0;
}

}  // namespace lib

#endif
