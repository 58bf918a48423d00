// The registry of live objects, and the checks that every call of the emulated cuDNN makes.
#include "cudnn_objects.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace cudnn {

namespace {

std::mutex objectsLock;
std::map<const Object*, Kind> objects;

thread_local std::string lastErrorOfThread;

std::optional<Kind> kindOf(const Object* object) {
  std::lock_guard<std::mutex> guard(objectsLock);
  const auto found = objects.find(object);
  return found == objects.end() ? std::nullopt : std::optional<Kind>(found->second);
}

}  // namespace

const std::string& lastError() { return lastErrorOfThread; }

bool Tensor::isLike(const Tensor& other) const {
  return type == other.type && hasDims(other) && std::equal(strides, strides + 4, other.strides);
}

bool Tensor::isPacked(int outer, int middle, int inner) const {
  const int order[4] = {inner, middle, outer, 0};
  long long stride = 1;
  for (int d : order) {
    if (dims[d] != 1 && strides[d] != stride) {
      return false;
    }
    stride *= dims[d];
  }
  return true;
}

const char* nameOf(Kind kind) {
  switch (kind) {
    case Kind::HANDLE:
      return "handle";
    case Kind::TENSOR:
      return "tensor descriptor";
    case Kind::FILTER:
      return "filter descriptor";
    case Kind::CONVOLUTION:
      return "convolution descriptor";
    case Kind::ACTIVATION:
      return "activation descriptor";
    default:
      return "pooling descriptor";
  }
}

const char* nameOf(int status) {
  switch (status) {
    case SUCCESS:
      return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED:
      return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM:
      return "CUDNN_STATUS_BAD_PARAM";
    case NOT_SUPPORTED:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case INTERNAL_ERROR:
      return "CUDNN_STATUS_INTERNAL_ERROR";
    case HOST_ALLOCATION_FAILED:
      return "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED";
    case EXECUTION_FAILED:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return "CUDNN_UNKNOWN_STATUS";
  }
}

int refuse(const char* call, Status status, const char* format, ...) {
  char reason[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  lastErrorOfThread = std::string(call) + ": " + reason;
  lib::say(lastErrorOfThread + ": " + nameOf(status) + " (" + std::to_string(status) + ")");
  return status;
}

void enlist(const Object* object) {
  std::lock_guard<std::mutex> guard(objectsLock);
  objects[object] = object->kind;
}

void strikeOff(const Object* object) {
  std::lock_guard<std::mutex> guard(objectsLock);
  objects.erase(object);
}

int liveObjects() {
  std::lock_guard<std::mutex> guard(objectsLock);
  return int(objects.size());
}

int liveHandles() {
  std::lock_guard<std::mutex> guard(objectsLock);
  return int(std::count_if(objects.begin(), objects.end(),
                           [](const auto& entry) { return entry.second == Kind::HANDLE; }));
}

void reportLeaks() {
  std::lock_guard<std::mutex> guard(objectsLock);
  std::map<Kind, int> counts;
  for (const auto& entry : objects) {
    counts[entry.second]++;
  }
  if (counts.empty() || counts.count(Kind::HANDLE) != 0) {
    return;
  }
  std::string leaks;
  for (const auto& entry : counts) {
    leaks += (leaks.empty() ? "" : ", ") + std::to_string(entry.second) + " " +
             nameOf(entry.first) + (entry.second == 1 ? "" : "s");
  }
  lib::say("cudnnDestroy: the last handle is gone and these are still alive: " + leaks);
}

int checkAlive(const char* call, const char* name, const Object* object, Kind kind) {
  if (object == nullptr) {
    return refuse(call, BAD_PARAM, "%s is null", name);
  }
  const std::optional<Kind> actual = kindOf(object);
  if (!actual) {
    return refuse(call, BAD_PARAM, "%s was never created or is destroyed", name);
  }
  if (*actual != kind) {
    return refuse(call, BAD_PARAM, "%s is a %s and should be a %s", name, nameOf(*actual),
                  nameOf(kind));
  }
  return SUCCESS;
}

int checkObject(const char* call, const char* name, const Object* object, Kind kind) {
  CUDNN_TRY(checkAlive(call, name, object, kind));
  if (!object->set) {
    return refuse(call, BAD_PARAM, "%s was created but never set", name);
  }
  return SUCCESS;
}

int enter(const char* call, const Handle* handle) {
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  if (handle == nullptr) {
    return refuse(call, NOT_INITIALIZED, "the handle is null");
  }
  if (kindOf(handle) != Kind::HANDLE) {
    return refuse(call, NOT_INITIALIZED, "the handle was never created or is destroyed");
  }
  if (lib::currentContext() != handle->context) {
    return refuse(call, NOT_INITIALIZED,
                  "the calling thread's current context is not the one the handle was created in");
  }
  return SUCCESS;
}

int statusOf(const char* call, int result) {
  return result == 0
             ? SUCCESS
             : refuse(call, EXECUTION_FAILED, "the driver answered %d to the launch", result);
}

bool formatOf(int dataType, lib::Format* format) {
  switch (dataType) {
    case FLOAT:
      *format = lib::Format::F32;
      return true;
    case HALF:
      *format = lib::Format::F16;
      return true;
    case BFLOAT16:
      *format = lib::Format::BF16;
      return true;
    default:
      return false;
  }
}

int dataTypeOf(lib::Format format) {
  switch (format) {
    case lib::Format::F32:
      return FLOAT;
    case lib::Format::F16:
      return HALF;
    default:
      return BFLOAT16;
  }
}

int checkPointer(const char* call, const char* name, const void* pointer, size_t alignment) {
  if (pointer == nullptr) {
    return refuse(call, BAD_PARAM, "%s is a null pointer", name);
  }
  if (!lib::aligned(pointer, alignment)) {
    return refuse(call, BAD_PARAM, "%s at %p is not aligned to %zu bytes", name, pointer,
                  alignment);
  }
  return SUCCESS;
}

int checkTensor(int (*check)(const void*, size_t, const char*), const Tensor& tensor,
                const void* data, const char* what) {
  const size_t size = lib::bytesOf(tensor.type);
  if (tensor.extent() == tensor.elements()) {
    return check(data, tensor.bytes(), what);
  }
  // Gaps may belong to somebody else: goes over the longest stretches without any, which are runs
  // along the dimension of stride 1.
  int run = 3;
  for (int d = 0; d < 4; d++) {
    if (tensor.strides[d] == 1 && (tensor.strides[run] != 1 || tensor.dims[d] > tensor.dims[run])) {
      run = d;
    }
  }
  const bool unit = tensor.strides[run] == 1;
  int counts[4];
  std::copy(tensor.dims, tensor.dims + 4, counts);
  const size_t length = unit ? size_t(counts[run]) : 1;
  if (unit) {
    counts[run] = 1;
  }
  for (int n = 0; n < counts[0]; n++) {
    for (int c = 0; c < counts[1]; c++) {
      for (int h = 0; h < counts[2]; h++) {
        for (int w = 0; w < counts[3]; w++) {
          const char* start = static_cast<const char*>(data) + tensor.offset(n, c, h, w) * size;
          if (const int fault = check(start, length * size, what)) {
            return fault;
          }
        }
      }
    }
  }
  return 0;
}

int checkScalars(const char* call, const void* alpha, const void* beta) {
  if (alpha == nullptr || beta == nullptr) {
    return refuse(call, BAD_PARAM, "%s is a null pointer; it is a float on the host",
                  alpha == nullptr ? "alpha" : "beta");
  }
  if (cuemu_is_device(alpha) || cuemu_is_device(beta)) {
    return refuse(call, BAD_PARAM, "%s is in device memory and is read on the host: the real "
                  "library would crash", cuemu_is_device(alpha) ? "alpha" : "beta");
  }
  return SUCCESS;
}

}  // namespace cudnn
