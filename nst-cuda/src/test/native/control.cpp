#include "control.h"

#include <cstdlib>
#include <cstring>

#include "abi.h"
#include "emulator.h"
#include "memory.h"
#include "streams.h"

namespace cuemu {

namespace {

struct Injection {
  std::string call;
  uint64_t callsBefore = 0;
  int code = 0;
};

std::vector<Injection> armed;
Injection next;

void fromEnvironment(const char* name, size_t* value) {
  const char* text = getenv(name);
  if (text != nullptr && *text != 0) {
    *value = strtoull(text, nullptr, 0);
  }
}

void fromEnvironment(const char* name, int* value) {
  size_t number = size_t(*value);
  fromEnvironment(name, &number);
  *value = int(number);
}

Config configFromEnvironment() {
  Config made;
  fromEnvironment("CUEMU_MEMORY", &made.totalMemory);
  fromEnvironment("CUEMU_COMPUTE_CAPABILITY", &made.computeCapability);
  fromEnvironment("CUEMU_DEVICES", &made.devices);
  fromEnvironment("CUEMU_DRIVER_VERSION", &made.driverVersion);
  fromEnvironment("CUEMU_QUIET", &made.quiet);
  return made;
}

void appendName(size_t letters) {
  char text[9] = "";
  memcpy(text, &letters, 8);
  next.call += text;
}

void reset() {
  resetContexts();
  config() = configFromEnvironment();
  counters() = Counters();
  armed.clear();
  next = Injection();
  initialised() = false;
  lastMessage().clear();
}

int* configNumber(int limit) {
  switch (limit) {
    case kComputeCapability:
      return &config().computeCapability;
    case kDevices:
      return &config().devices;
    case kDriverVersion:
      return &config().driverVersion;
    case kQuiet:
      return &config().quiet;
    default:
      return nullptr;
  }
}

bool set(int limit, size_t value) {
  switch (limit) {
    case kTotalMemory:
      config().totalMemory = value;
      return true;
    case kForeignMemory:
      config().foreignMemory = value;
      return true;
    case kInjectName:
      appendName(value);
      return true;
    case kInjectAfter:
      next.callsBefore = value;
      return true;
    case kInjectCode:
      next.code = int(value);
      armed.push_back(next);
      next = Injection();
      return true;
    case kReset:
      reset();
      return true;
    case kClearError:
      for (int i = 0; i < deviceCount(); i++) {
        contextOf(i).stickyError = CUDA_SUCCESS;
      }
      return true;
    default:
      if (int* number = configNumber(limit)) {
        *number = int(value);
        return true;
      }
      return false;
  }
}

bool get(int limit, size_t* value) {
  const Counters& c = counters();
  switch (limit) {
    case kTotalMemory:
      *value = config().totalMemory;
      return true;
    case kForeignMemory:
      *value = config().foreignMemory;
      return true;
    case kLiveAllocations:
      *value = liveAllocations();
      return true;
    case kLiveBytes:
      *value = allLiveBytes();
      return true;
    case kLivePinned:
      *value = livePinned();
      return true;
    case kLiveStreams:
      *value = size_t(liveStreams());
      return true;
    case kLiveEvents:
      *value = size_t(liveEvents());
      return true;
    case kLiveModules:
      *value = size_t(liveModules());
      return true;
    case kLiveGraphs:
      *value = size_t(liveGraphs());
      return true;
    case kAllocations:
      *value = allocationsSoFar();
      return true;
    case kKernelLaunches:
      *value = c.kernelLaunches;
      return true;
    case kGraphLaunches:
      *value = c.graphLaunches;
      return true;
    case kHostWaits:
      *value = c.hostWaits;
      return true;
    case kLeakedAllocations:
      *value = c.leakedAllocations;
      return true;
    case kLeakedHandles:
      *value = c.leakedHandles;
      return true;
    case kPendingInjections:
      *value = armed.size();
      return true;
    case kContextReferences:
      *value = size_t(contextOf(0).references);
      return true;
    default:
      if (int* number = configNumber(limit)) {
        *value = size_t(*number);
        return true;
      }
      return false;
  }
}

}  // namespace

Config& config() {
  static Config made = configFromEnvironment();
  return made;
}

int injected(const char* callName) {
  for (auto i = armed.begin(); i != armed.end(); ++i) {
    if (strncmp(callName, i->call.c_str(), i->call.size()) != 0) {
      continue;
    }
    if (i->callsBefore > 0) {
      i->callsBefore--;
      continue;
    }
    int code = i->code;
    armed.erase(i);
    return code;
  }
  return 0;
}

}  // namespace cuemu

using namespace cuemu;

CUEMU_EXPORT int cuCtxSetLimit(int limit, size_t value) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  if (set(limit, value)) {
    return CUDA_SUCCESS;
  }
  return call("cuCtxSetLimit", kSafeInCapture, [](Context&) { return int(CUDA_SUCCESS); });
}

CUEMU_EXPORT int cuCtxGetLimit(size_t* value, int limit) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  if (get(limit, value)) {
    return CUDA_SUCCESS;
  }
  return call("cuCtxGetLimit", kSafeInCapture, [&](Context&) -> int {
    *value = limit == 0 ? 1024 : 1 << 20;  // stack size; printf buffer and the like
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuemu_inject(const char* callName) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  return injected(callName);
}
