// Allocation, copies and fills of the driver API.
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "abi.h"
#include "emulator.h"
#include "memory.h"
#include "streams.h"

namespace cuemu {

namespace {

std::map<uintptr_t, size_t> pinned;  // page-locked host memory

bool isPinned(const void* host, size_t bytes) {
  auto at = reinterpret_cast<uintptr_t>(host);
  auto next = pinned.upper_bound(at);
  if (next == pinned.begin()) {
    return false;
  }
  auto block = std::prev(next);
  return at + bytes <= block->first + block->second;
}

template <class T>
T* pointer(CUdeviceptr address) {
  return reinterpret_cast<T*>(address);
}

// Ranges are looked at when a copy is asked for, as the driver does, and again when it runs: memory
// that was freed in between is an illegal access.
int invalidUnlessLive(CUdeviceptr address, size_t bytes, const char* what) {
  return checkRange(address, bytes, what) == CUDA_SUCCESS ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

int copyIn(CUdeviceptr to, const void* from, size_t bytes, const char* what) {
  if (int bad = checkRange(to, bytes, what)) {
    return bad;
  }
  memcpy(pointer<void>(to), from, bytes);
  markInitialised(to, bytes);
  return CUDA_SUCCESS;
}

int copyOut(void* to, CUdeviceptr from, size_t bytes, const char* what) {
  if (int bad = checkRead(from, bytes, what)) {
    return bad;
  }
  memcpy(to, pointer<void>(from), bytes);
  return CUDA_SUCCESS;
}

int copyWithin(CUdeviceptr to, CUdeviceptr from, size_t bytes, const char* what) {
  int bad = checkRange(to, bytes, what);
  bad = bad != CUDA_SUCCESS ? bad : checkRange(from, bytes, what);
  if (bad != CUDA_SUCCESS) {
    return bad;
  }
  memmove(pointer<void>(to), pointer<void>(from), bytes);
  copyMarks(to, from, bytes);
  return CUDA_SUCCESS;
}

template <class T>
int fill(CUdeviceptr to, T value, size_t count, const char* what) {
  if (int bad = checkRange(to, count * sizeof(T), what)) {
    return bad;
  }
  for (size_t i = 0; i < count; i++) {
    pointer<T>(to)[i] = value;
  }
  markInitialised(to, count * sizeof(T));
  return CUDA_SUCCESS;
}

template <class T>
int submitFill(const char* name, Safety safety, CUdeviceptr to, T value, size_t count,
               CUstream handle) {
  return call(name, safety, [=](Context&) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (to % sizeof(T) != 0 || count > SIZE_MAX / sizeof(T)) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    if (int bad = invalidUnlessLive(to, count * sizeof(T), name)) {
      return bad;
    }
    return submit(stream, [=] { return fill(to, value, count, name); });
  });
}

int refusePageable(const char* name, const std::shared_ptr<Stream>& stream) {
  stream->capture->invalidated = true;
  say("%s: a captured copy needs page-locked host memory (cuMemAllocHost)", name);
  return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

// A copy on the legacy stream, waited for.
template <class Copy>
int copyNow(Context& context, Copy copy) {
  counters().hostWaits++;
  if (int result = finishLegacy(&context)) {
    return result;
  }
  return stick(&context, copy());
}

}  // namespace

size_t livePinned() { return pinned.size(); }

void releasePinned() {
  for (const auto& block : pinned) {
    free(reinterpret_cast<void*>(block.first));
  }
  pinned.clear();
}

}  // namespace cuemu

using namespace cuemu;

CUEMU_EXPORT int cuMemGetInfo_v2(size_t* free, size_t* total) {
  return call("cuMemGetInfo", kSafeInCapture, [&](Context& context) -> int {
    size_t taken = liveBytes(&context) + config().foreignMemory;
    *total = config().totalMemory;
    *free = taken < *total ? *total - taken : 0;
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
  return call("cuMemAlloc", kUnsafeInCapture, [&](Context& context) -> int {
    uintptr_t at = 0;
    if (address == nullptr || bytes == 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    int result = allocate(&context, bytes, &at);
    *address = at;
    return result;
  });
}

CUEMU_EXPORT int cuMemFree_v2(CUdeviceptr address) {
  return call("cuMemFree", kUnsafeInCapture, [&](Context& context) -> int {
    if (address == 0) {
      return CUDA_SUCCESS;
    }
    counters().hostWaits++;
    int result = finishAll(&context);
    int released = release(address);
    return result != CUDA_SUCCESS ? result : released;
  });
}

CUEMU_EXPORT int cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes, CUdeviceptr address) {
  return call("cuMemGetAddressRange", kSafeInCapture, [&](Context&) -> int {
    const Allocation* a = findLive(address, 1);
    if (a == nullptr) {
      return CUDA_ERROR_NOT_FOUND;
    }
    if (base != nullptr) {
      *base = a->base;
    }
    if (bytes != nullptr) {
      *bytes = a->bytes;
    }
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuMemAllocHost_v2(void** host, size_t bytes) {
  return call("cuMemAllocHost", kUnsafeInCapture, [&](Context&) -> int {
    if (host == nullptr || bytes == 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    *host = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (*host == nullptr) {
      return CUDA_ERROR_OUT_OF_MEMORY;
    }
    pinned[reinterpret_cast<uintptr_t>(*host)] = bytes;
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuMemHostAlloc(void** host, size_t bytes, unsigned) {
  return cuMemAllocHost_v2(host, bytes);
}

CUEMU_EXPORT int cuMemFreeHost(void* host) {
  return call("cuMemFreeHost", kUnsafeInCapture, [&](Context& context) -> int {
    if (pinned.count(reinterpret_cast<uintptr_t>(host)) == 0) {
      say("cuMemFreeHost: %p is no page-locked memory, or was freed before", host);
      return CUDA_ERROR_INVALID_VALUE;
    }
    int result = finishAll(&context);
    pinned.erase(reinterpret_cast<uintptr_t>(host));
    free(host);
    return result;
  });
}

CUEMU_EXPORT int cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
  return call("cuMemcpyHtoD", kUnsafeInCapture, [&](Context& context) -> int {
    if (int bad = invalidUnlessLive(to, bytes, "cuMemcpyHtoD")) {
      return bad;
    }
    return copyNow(context, [&] { return copyIn(to, from, bytes, "cuMemcpyHtoD"); });
  });
}

CUEMU_EXPORT int cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
  return call("cuMemcpyDtoH", kUnsafeInCapture, [&](Context& context) -> int {
    if (int bad = invalidUnlessLive(from, bytes, "cuMemcpyDtoH")) {
      return bad;
    }
    return copyNow(context, [&] { return copyOut(to, from, bytes, "cuMemcpyDtoH"); });
  });
}

// Not waited for by the host, as between two places of the device.
CUEMU_EXPORT int cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return call("cuMemcpyDtoD", kUnsafeInCapture, [&](Context&) -> int {
    if (invalidUnlessLive(to, bytes, "cuMemcpyDtoD") ||
        invalidUnlessLive(from, bytes, "cuMemcpyDtoD")) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    return submit(streamOf(nullptr), [=] { return copyWithin(to, from, bytes, "cuMemcpyDtoD"); });
  });
}

CUEMU_EXPORT int cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes,
                                      CUstream handle) {
  const char* name = "cuMemcpyHtoDAsync";
  return call(name, kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (int bad = invalidUnlessLive(to, bytes, name)) {
      return bad;
    }
    if (isPinned(from, bytes)) {
      return submit(stream, [=] { return copyIn(to, from, bytes, name); });
    }
    if (stream->capture != nullptr) {
      return refusePageable(name, stream);
    }
    // Pageable memory is staged before the call returns.
    auto* begin = static_cast<const char*>(from);
    auto staged = std::make_shared<std::vector<char>>(begin, begin + bytes);
    return submit(stream, [=] { return copyIn(to, staged->data(), bytes, name); });
  });
}

CUEMU_EXPORT int cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream handle) {
  const char* name = "cuMemcpyDtoHAsync";
  return call(name, kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (int bad = invalidUnlessLive(from, bytes, name)) {
      return bad;
    }
    bool deferred = isPinned(to, bytes);
    if (!deferred && stream->capture != nullptr) {
      return refusePageable(name, stream);
    }
    int result = submit(stream, [=] { return copyOut(to, from, bytes, name); });
    if (deferred || result != CUDA_SUCCESS) {
      return result;
    }
    // Pageable memory is filled before the call returns.
    counters().hostWaits++;
    return finish({stream, stream->submitted});
  });
}

CUEMU_EXPORT int cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                                      CUstream handle) {
  const char* name = "cuMemcpyDtoDAsync";
  return call(name, kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (invalidUnlessLive(to, bytes, name) || invalidUnlessLive(from, bytes, name)) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    return submit(stream, [=] { return copyWithin(to, from, bytes, name); });
  });
}

#define FILL_FUNCTIONS(BITS, TYPE)                                                              \
  CUEMU_EXPORT int cuMemsetD##BITS##_v2(CUdeviceptr to, TYPE value, size_t count) {             \
    return submitFill("cuMemsetD" #BITS, kUnsafeInCapture, to, value, count, nullptr);          \
  }                                                                                             \
  CUEMU_EXPORT int cuMemsetD##BITS##Async(CUdeviceptr to, TYPE value, size_t count,             \
                                          CUstream stream) {                                    \
    return submitFill("cuMemsetD" #BITS "Async", kSafeInCapture, to, value, count, stream);     \
  }

FILL_FUNCTIONS(8, uint8_t)
FILL_FUNCTIONS(16, uint16_t)
FILL_FUNCTIONS(32, uint32_t)

// ---- Checks for the emulated cuBLAS and cuDNN.

CUEMU_EXPORT int cuemu_check_read(const void* device, size_t bytes, const char* what) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  return checkRead(reinterpret_cast<uintptr_t>(device), bytes, what);
}

CUEMU_EXPORT int cuemu_check_range(const void* device, size_t bytes, const char* what) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  return checkRange(reinterpret_cast<uintptr_t>(device), bytes, what);
}

CUEMU_EXPORT int cuemu_is_device(const void* address) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  return findLive(reinterpret_cast<uintptr_t>(address), 1) != nullptr;
}

CUEMU_EXPORT int cuemu_check_write(const void* device, size_t bytes, const char* what) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  auto address = reinterpret_cast<uintptr_t>(device);
  if (int bad = checkRange(address, bytes, what)) {
    return bad;
  }
  markInitialised(address, bytes);
  return CUDA_SUCCESS;
}
