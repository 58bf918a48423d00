// The state that all parts of the emulated driver share, and how every call of the API begins.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cuda_types.h"

namespace cuemu {

// One lock for everything: the emulation is about faithfulness, not about speed between threads.
std::recursive_mutex& lock();

// What the emulated machine is like; set from the environment, changed by control.cpp.
struct Config {
  size_t totalMemory = size_t(8) << 30;
  size_t foreignMemory = 0;  // taken by "another process"
  int computeCapability = 86;
  int devices = 1;
  int driverVersion = 12060;
  int quiet = 0;  // keeps messages for lastMessage() without printing them
};

Config& config();
inline int deviceCount() { return config().devices; }

struct Counters {
  uint64_t kernelLaunches = 0;
  uint64_t graphLaunches = 0;
  uint64_t hostWaits = 0;
  uint64_t leakedAllocations = 0;
  uint64_t leakedHandles = 0;
};

Counters& counters();

// A device's primary context: the only kind there is.
struct Context {
  int device = 0;
  int references = 0;
  uint64_t generation = 1;  // a handle of an earlier life of the context is destroyed
  int stickyError = CUDA_SUCCESS;
};

bool& initialised();
// 0, or why there is no such device.
int checkDevice(int device);
Context& contextOf(int device);
// The calling thread's context: null where there is none or it was destroyed.
Context* currentContext();
// Forgets every context and everything in them; for the tests' reset.
void resetContexts();
// Ends what lives in the context: streams, events, modules, graphs. How many handles there were.
int destroyStreams(Context* owner);
int destroyModules(Context* owner);

// Prints one line to stderr and keeps it for lastMessage().
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));
std::string& lastMessage();

// The code that an armed injection of a fault has for this call, or 0.
int injected(const char* call);
bool isSticky(int result);
// Remembers an error that the device cannot recover from.
int stick(Context* context, int result);

// A capture forbids calls that might wait or allocate; prints, spoils the capture and returns the
// code when one is under way that this thread must heed, else 0.
int refuseInCapture(const char* call);

enum Safety { kSafeInCapture, kUnsafeInCapture };

// The rules that hold for nearly every call: initialised, a context, no earlier fatal error, no
// injected fault, not while capturing.
template <class Body>
int call(const char* name, Safety safety, Body body) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  Context* context = currentContext();
  if (context == nullptr) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (context->stickyError != CUDA_SUCCESS) {
    return context->stickyError;
  }
  if (int code = injected(name)) {
    return isSticky(code) ? stick(context, code) : code;
  }
  if (safety == kUnsafeInCapture) {
    if (int refused = refuseInCapture(name)) {
      return refused;
    }
  }
  return body(*context);
}

inline uintptr_t nextHandle = 0x100000;

// Live objects behind handles. A handle is a number that is never used again, so that a destroyed
// one is recognised, not dereferenced.
template <class T>
class Registry {
 public:
  void* add(std::shared_ptr<T> object) {
    void* handle = reinterpret_cast<void*>(nextHandle);
    nextHandle += 16;
    live_[handle] = std::move(object);
    return handle;
  }
  std::shared_ptr<T> find(const void* handle) const {
    auto found = live_.find(const_cast<void*>(handle));
    return found == live_.end() ? nullptr : found->second;
  }
  bool remove(const void* handle) { return live_.erase(const_cast<void*>(handle)) == 1; }
  size_t size() const { return live_.size(); }
  // Removes what belongs to a context, or everything for null; how many.
  int removeAll(const Context* owner) {
    int count = 0;
    for (auto i = live_.begin(); i != live_.end();) {
      bool gone = owner == nullptr || i->second->context == owner;
      count += gone;
      i = gone ? live_.erase(i) : std::next(i);
    }
    return count;
  }
  const std::map<void*, std::shared_ptr<T>>& all() const { return live_; }

 private:
  std::map<void*, std::shared_ptr<T>> live_;};

}  // namespace cuemu
