// Primary contexts, and which of them is current on a thread.
#include <cstdarg>
#include <cstdio>
#include <map>

#include "abi.h"
#include "emulator.h"
#include "memory.h"
#include "streams.h"

namespace cuemu {

namespace {

constexpr int kMaxDevices = 16;

Context contexts[kMaxDevices];

// A context handle carries the life of the context it was given out for.
struct Binding {
  Context* context;
  uint64_t generation;
};

std::map<CUcontext, Binding> handles;
thread_local std::vector<CUcontext> current;

CUcontext handleOf(Context* context) {
  for (const auto& entry : handles) {
    if (entry.second.context == context && entry.second.generation == context->generation) {
      return entry.first;
    }
  }
  auto handle = reinterpret_cast<CUcontext>(nextHandle);
  nextHandle += 16;
  handles[handle] = {context, context->generation};
  return handle;
}

Context* behind(CUcontext handle) {
  auto found = handles.find(handle);
  if (found == handles.end() || found->second.context->generation != found->second.generation ||
      found->second.context->references == 0) {
    return nullptr;
  }
  return found->second.context;
}

// Ends a context's life when its last reference is gone, and tells of what was left in it.
void destroy(Context& context) {
  bool lost = context.stickyError != CUDA_SUCCESS;  // then nothing could have been freed
  int handlesLeft = 0;
  if (!lost) {
    finishAll(&context);
    lost = context.stickyError != CUDA_SUCCESS;
  }
  int memoryLeft = releaseAll(&context, !lost);
  handlesLeft = destroyStreams(&context) + destroyModules(&context);
  if (!lost) {
    counters().leakedAllocations += memoryLeft;
    counters().leakedHandles += handlesLeft;
    if (handlesLeft > 0) {
      say("leak: %d streams, events, graphs or modules were never destroyed", handlesLeft);
    }
  }
  context.stickyError = CUDA_SUCCESS;
  context.generation++;
}

}  // namespace

std::recursive_mutex& lock() {
  static auto* mutex = new std::recursive_mutex;  // outlives every thread that may still call
  return *mutex;
}

bool& initialised() {
  static bool value = false;
  return value;
}

std::string& lastMessage() {
  static auto* text = new std::string;
  return *text;
}

Counters& counters() {
  static Counters all;
  return all;
}

void say(const char* format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  lastMessage() = line;
  if (!config().quiet) {
    fprintf(stderr, "cuemu: %s\n", line);
  }
}

int checkDevice(int device) {
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  return device >= 0 && device < deviceCount() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

Context& contextOf(int device) { return contexts[device]; }

Context* currentContext() { return current.empty() ? nullptr : behind(current.back()); }

void resetContexts() {
  for (Context& context : contexts) {
    context.stickyError = CUDA_SUCCESS;
    context.references = 0;
    context.generation++;
  }
  handles.clear();
  releaseAll(nullptr, false);
  releasePinned();
  destroyStreams(nullptr);
  destroyModules(nullptr);
}

bool isSticky(int result) {
  switch (result) {
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CUDA_ERROR_INVALID_PC:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_UNKNOWN:
      return true;
    default:
      return false;
  }
}

int stick(Context* context, int result) {
  if (result != CUDA_SUCCESS && context->stickyError == CUDA_SUCCESS) {
    context->stickyError = result;
  }
  return context->stickyError;
}

}  // namespace cuemu

using namespace cuemu;

using Hold = std::lock_guard<std::recursive_mutex>;

CUEMU_EXPORT int cuDevicePrimaryCtxRetain(CUcontext* handle, CUdevice device) {
  Hold hold(lock());
  if (int bad = checkDevice(device)) {
    return bad;
  }
  if (int code = injected("cuDevicePrimaryCtxRetain")) {
    return code;
  }
  Context& context = contextOf(device);
  context.device = device;
  context.references++;
  *handle = handleOf(&context);
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  Hold hold(lock());
  if (int bad = checkDevice(device)) {
    return bad;
  }
  Context& context = contextOf(device);
  if (context.references == 0) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (context.references == 1) {
    destroy(context);
  }
  context.references--;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDevicePrimaryCtxReset_v2(CUdevice device) {
  Hold hold(lock());
  if (int bad = checkDevice(device)) {
    return bad;
  }
  destroy(contextOf(device));
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  Hold hold(lock());
  int bad = checkDevice(device);
  *flags = 0;
  *active = bad == CUDA_SUCCESS && contextOf(device).references > 0;
  return bad;
}

CUEMU_EXPORT int cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned) {
  Hold hold(lock());
  return checkDevice(device);
}

// The context functions need no current context, only an initialised driver.
static int checkHandle(CUcontext handle) {
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  return handle == nullptr || behind(handle) != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUEMU_EXPORT int cuCtxSetCurrent(CUcontext handle) {
  Hold hold(lock());
  if (int bad = checkHandle(handle)) {
    return bad;
  }
  if (!current.empty()) {
    current.pop_back();
  }
  if (handle != nullptr) {
    current.push_back(handle);
  }
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuCtxGetCurrent(CUcontext* handle) {
  Hold hold(lock());
  *handle = current.empty() ? nullptr : current.back();
  return initialised() ? CUDA_SUCCESS : CUDA_ERROR_NOT_INITIALIZED;
}

CUEMU_EXPORT int cuCtxPushCurrent_v2(CUcontext handle) {
  Hold hold(lock());
  if (int bad = checkHandle(handle)) {
    return bad;
  }
  if (handle == nullptr) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  current.push_back(handle);
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuCtxPopCurrent_v2(CUcontext* handle) {
  Hold hold(lock());
  if (current.empty()) {
    return initialised() ? CUDA_ERROR_INVALID_CONTEXT : CUDA_ERROR_NOT_INITIALIZED;
  }
  if (handle != nullptr) {
    *handle = current.back();
  }
  current.pop_back();
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuCtxGetDevice(CUdevice* device) {
  return call("cuCtxGetDevice", kSafeInCapture, [&](Context& context) -> int {
    *device = context.device;
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  *least = *greatest = 0;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuStreamGetCtx(CUstream handle, CUcontext* context) {
  return call("cuStreamGetCtx", kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    *context = handleOf(stream->context);
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuModuleGetLoadingMode(int* mode) {
  *mode = 1;  // eager
  return CUDA_SUCCESS;
}

CUEMU_EXPORT void cuemu_fault(int result, const char* message) {
  Hold hold(lock());
  say("%s", message);
  if (Context* context = currentContext()) {
    stick(context, result);
  }
}

CUEMU_EXPORT int cuemu_compute_capability() { return config().computeCapability; }
