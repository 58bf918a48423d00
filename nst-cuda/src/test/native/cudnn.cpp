// Handles, versions and error texts of the emulated cuDNN 9.
#include "cudnn_objects.h"

#include <cstdio>

using namespace cudnn;

namespace {

constexpr size_t VERSION = 90500;
constexpr int VERSION_PARTS[] = {9, 5, 0};

}  // namespace

CUDNN_EXPORT size_t cudnnGetVersion() { return VERSION; }

CUDNN_EXPORT size_t cudnnGetCudartVersion() { return 12060; }

CUDNN_EXPORT size_t cudnnGetMaxDeviceVersion() { return 900; }

CUDNN_EXPORT int cudnnGetProperty(int property, int* value) {
  if (property == lib::LIVE_HANDLES || property == lib::LIVE_OBJECTS) {
    *value = property == lib::LIVE_OBJECTS ? liveObjects() : liveHandles();
    return SUCCESS;
  }
  if (property < 0 || property > 2 || value == nullptr) {
    return refuse("cudnnGetProperty", BAD_PARAM, "there is no property %d", property);
  }
  *value = VERSION_PARTS[property];
  return SUCCESS;
}

CUDNN_EXPORT int cudnnCreate(Handle** handle) {
  const char* call = "cudnnCreate";
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  if (handle == nullptr) {
    return refuse(call, BAD_PARAM, "the place for the handle is null");
  }
  const CUcontext context = lib::currentContext();
  if (context == nullptr) {
    return refuse(call, NOT_INITIALIZED, "the calling thread has no current context");
  }
  *handle = new Handle;
  (*handle)->context = context;
  enlist(*handle);
  return SUCCESS;
}

CUDNN_EXPORT int cudnnDestroy(Handle* handle) {
  CUDNN_TRY(enter("cudnnDestroy", handle));
  strikeOff(handle);
  delete handle;
  reportLeaks();
  return SUCCESS;
}

CUDNN_EXPORT int cudnnSetStream(Handle* handle, CUstream stream) {
  CUDNN_TRY(enter("cudnnSetStream", handle));
  handle->stream = stream;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetStream(Handle* handle, CUstream* stream) {
  CUDNN_TRY(enter("cudnnGetStream", handle));
  *stream = handle->stream;
  return SUCCESS;
}

CUDNN_EXPORT const char* cudnnGetErrorString(int status) { return nameOf(status); }

CUDNN_EXPORT void cudnnGetLastErrorString(char* message, size_t size) {
  if (message != nullptr && size != 0) {
    snprintf(message, size, "%s", lastError().c_str());
  }
}
