// Handles and settings of the emulated cuBLAS 12. Products are in cublas_gemm.cpp.
#include "cublas_handle.h"

#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <set>

namespace cublas {

namespace {

constexpr int VERSION_MAJOR = 12;
constexpr int VERSION_MINOR = 6;
constexpr int VERSION_PATCH = 3;

std::mutex handlesLock;
std::set<const Handle*> handles;

bool isLive(const Handle* handle) {
  std::lock_guard<std::mutex> guard(handlesLock);
  return handles.count(handle) != 0;
}

}  // namespace

const char* nameOf(int status) {
  switch (status) {
    case SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    case LICENSE_ERROR:
      return "CUBLAS_STATUS_LICENSE_ERROR";
    default:
      return "CUBLAS_STATUS_UNKNOWN";
  }
}

int refuse(const char* call, Status status, const char* format, ...) {
  char reason[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  lib::say(std::string(call) + ": " + reason + ": " + nameOf(status) + " (" +
           std::to_string(status) + ")");
  return status;
}

int enter(const char* call, const Handle* handle) {
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  if (handle == nullptr) {
    return refuse(call, NOT_INITIALIZED, "the handle is null");
  }
  if (!isLive(handle)) {
    return refuse(call, NOT_INITIALIZED, "the handle was never created or is destroyed");
  }
  if (lib::currentContext() != handle->context) {
    return refuse(call, NOT_INITIALIZED,
                  "the calling thread's current context is not the one the handle was created in");
  }
  return SUCCESS;
}

}  // namespace cublas

using namespace cublas;

CUBLAS_EXPORT int cublasCreate_v2(Handle** handle) {
  const char* call = "cublasCreate";
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  if (handle == nullptr) {
    return refuse(call, INVALID_VALUE, "the place for the handle is null");
  }
  const CUcontext context = lib::currentContext();
  if (context == nullptr) {
    return refuse(call, NOT_INITIALIZED, "the calling thread has no current context");
  }
  *handle = new Handle{context};
  std::lock_guard<std::mutex> guard(handlesLock);
  handles.insert(*handle);
  return SUCCESS;
}

CUBLAS_EXPORT int cublasDestroy_v2(Handle* handle) {
  if (const int refused = enter("cublasDestroy", handle)) {
    return refused;
  }
  std::lock_guard<std::mutex> guard(handlesLock);
  handles.erase(handle);
  delete handle;
  return SUCCESS;
}

// Also takes the workspace away: the real call goes back to the library's own pool, which code that
// sets its workspace once and its stream afterwards does not expect.
CUBLAS_EXPORT int cublasSetStream_v2(Handle* handle, CUstream stream) {
  if (const int refused = enter("cublasSetStream", handle)) {
    return refused;
  }
  handle->stream = stream;
  handle->workspace = nullptr;
  handle->workspaceBytes = 0;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetStream_v2(Handle* handle, CUstream* stream) {
  if (const int refused = enter("cublasGetStream", handle)) {
    return refused;
  }
  *stream = handle->stream;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
  const char* call = "cublasSetWorkspace";
  if (const int refused = enter(call, handle)) {
    return refused;
  }
  if (!lib::aligned(workspace, 256)) {
    return refuse(call, INVALID_VALUE, "the workspace %p is not aligned to 256 bytes", workspace);
  }
  if (workspace == nullptr && bytes != 0) {
    return refuse(call, INVALID_VALUE, "a null workspace of %zu bytes", bytes);
  }
  handle->workspace = workspace;
  handle->workspaceBytes = bytes;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasSetMathMode(Handle* handle, int mode) {
  const char* call = "cublasSetMathMode";
  if (const int refused = enter(call, handle)) {
    return refused;
  }
  const int kind = mode & ~DISALLOW_REDUCED_PRECISION_REDUCTION;
  if (kind < DEFAULT_MATH || kind > TF32_TENSOR_OP_MATH) {
    return refuse(call, INVALID_VALUE, "there is no math mode %d", mode);
  }
  handle->mathMode = mode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetMathMode(Handle* handle, int* mode) {
  if (const int refused = enter("cublasGetMathMode", handle)) {
    return refused;
  }
  *mode = handle->mathMode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasSetPointerMode_v2(Handle* handle, int mode) {
  const char* call = "cublasSetPointerMode";
  if (const int refused = enter(call, handle)) {
    return refused;
  }
  if (mode != HOST && mode != DEVICE) {
    return refuse(call, INVALID_VALUE, "there is no pointer mode %d", mode);
  }
  handle->pointerMode = mode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetPointerMode_v2(Handle* handle, int* mode) {
  if (const int refused = enter("cublasGetPointerMode", handle)) {
    return refused;
  }
  *mode = handle->pointerMode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasSetAtomicsMode(Handle* handle, int mode) {
  if (const int refused = enter("cublasSetAtomicsMode", handle)) {
    return refused;
  }
  handle->atomicsMode = mode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetAtomicsMode(Handle* handle, int* mode) {
  if (const int refused = enter("cublasGetAtomicsMode", handle)) {
    return refused;
  }
  *mode = handle->atomicsMode;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetVersion_v2(Handle* handle, int* version) {
  if (const int refused = enter("cublasGetVersion", handle)) {
    return refused;
  }
  *version = VERSION_MAJOR * 10000 + VERSION_MINOR * 100 + VERSION_PATCH;
  return SUCCESS;
}

CUBLAS_EXPORT int cublasGetProperty(int property, int* value) {
  const int values[] = {VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH};
  if (const int injected = cuemu_inject("cublasGetProperty")) {
    return injected;
  }
  if (property == lib::LIVE_HANDLES) {
    std::lock_guard<std::mutex> guard(handlesLock);
    *value = int(handles.size());
    return SUCCESS;
  }
  if (property < 0 || property > 2 || value == nullptr) {
    return refuse("cublasGetProperty", INVALID_VALUE, "there is no property %d", property);
  }
  *value = values[property];
  return SUCCESS;
}

CUBLAS_EXPORT size_t cublasGetCudartVersion() { return 12060; }

CUBLAS_EXPORT const char* cublasGetStatusName(int status) { return nameOf(status); }

CUBLAS_EXPORT const char* cublasGetStatusString(int status) {
  switch (status) {
    case SUCCESS:
      return "success";
    case NOT_INITIALIZED:
      return "the library was not initialized";
    case ALLOC_FAILED:
      return "the resource allocation failed";
    case INVALID_VALUE:
      return "an unsupported value or parameter was passed to the function";
    case ARCH_MISMATCH:
      return "the function requires an architectural feature absent from the architecture of the "
             "device";
    case EXECUTION_FAILED:
      return "the function failed to launch on the GPU";
    case NOT_SUPPORTED:
      return "the functionality requested is not supported";
    default:
      return "an internal operation failed";
  }
}
