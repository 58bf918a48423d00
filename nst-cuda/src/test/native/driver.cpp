// Initialisation, devices, primary contexts and names of errors.
#include <cstdarg>
#include <cstdio>
#include <cstring>
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

int checkDevice(int device) {
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  return device >= 0 && device < deviceCount() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
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
  fprintf(stderr, "cuemu: %s\n", line);
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

CUEMU_EXPORT int cuInit(unsigned flags) {
  Hold hold(lock());
  if (flags != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (int code = injected("cuInit")) {
    return code;
  }
  if (deviceCount() == 0) {
    return CUDA_ERROR_NO_DEVICE;
  }
  initialised() = true;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDriverGetVersion(int* version) {
  *version = config().driverVersion;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDeviceGetCount(int* count) {
  Hold hold(lock());
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  *count = deviceCount();
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDeviceGet(CUdevice* device, int ordinal) {
  Hold hold(lock());
  *device = ordinal;
  return checkDevice(ordinal);
}

CUEMU_EXPORT int cuDeviceGetName(char* name, int length, CUdevice device) {
  Hold hold(lock());
  int bad = checkDevice(device);
  if (bad == CUDA_SUCCESS && length > 0) {
    snprintf(name, size_t(length), "Emulated CUDA device %d", device);
  }
  return bad;
}

CUEMU_EXPORT int cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  Hold hold(lock());
  *bytes = config().totalMemory;
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  Hold hold(lock());
  *major = config().computeCapability / 10;
  *minor = config().computeCapability % 10;
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceGetUuid(char* uuid, CUdevice device) {
  Hold hold(lock());
  memset(uuid, 7 + device, 16);
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
  Hold hold(lock());
  int bad = checkDevice(device);
  if (bad == CUDA_SUCCESS) {
    snprintf(id, size_t(length), "0000:%02x:00.0", device + 1);
  }
  return bad;
}

CUEMU_EXPORT int cuDeviceGetAttribute(int* value, int attribute, CUdevice device) {
  Hold hold(lock());
  if (int bad = checkDevice(device)) {
    return bad;
  }
  static const std::map<int, int> values = {
      {1, 1024},        // threads in a block
      {2, 1024},        // block x
      {3, 1024},        // block y
      {4, 64},          // block z
      {5, 0x7fffffff},  // grid x
      {6, 65535},       // grid y
      {7, 65535},       // grid z
      {8, 48 << 10},    // shared memory of a block
      {9, 64 << 10},    // constant memory
      {10, 32},         // warp size
      {12, 65536},      // registers of a block
      {13, 1000000},    // clock, kHz
      {14, 512},        // texture alignment
      {16, 1},          // multiprocessors
      {31, 1},          // concurrent kernels
      {36, 1000000},    // memory clock, kHz
      {37, 64},         // memory bus, bits
      {38, 1 << 20},    // second-level cache, bytes
      {39, 1536},       // threads of a multiprocessor
      {41, 1},          // unified addressing
      {81, 100 << 10},  // shared memory of a multiprocessor
      {82, 65536},      // registers of a multiprocessor
      {97, 99 << 10},   // shared memory of a block, opted in
      {106, 16},        // blocks of a multiprocessor
  };
  if (attribute == 75 || attribute == 76) {
    int cc = config().computeCapability;
    *value = attribute == 75 ? cc / 10 : cc % 10;
    return CUDA_SUCCESS;
  }
  if (attribute == 33 || attribute == 34 || attribute == 50) {  // PCI bus, device, domain
    *value = attribute == 33 ? device + 1 : 0;
    return CUDA_SUCCESS;
  }
  auto found = values.find(attribute);
  *value = found == values.end() ? 0 : found->second;
  return CUDA_SUCCESS;
}

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
