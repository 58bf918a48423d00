// Kernel launches: their limits, their arguments, and what is said when one fails.
#include <sys/mman.h>

#include <cstdio>
#include <cstring>

#include "memory.h"
#include "modules.h"
#include "streams.h"

namespace cuemu {

namespace {

constexpr size_t kParameterBytes = 4096;

struct LaunchRequest {
  std::shared_ptr<Function> function;
  CuemuIndex grid, block;
  size_t dynamicShared;
  std::vector<std::vector<char>> arguments;
};

bool isMapped(const void* address) {
  unsigned char resident;
  auto page = reinterpret_cast<uintptr_t>(address) & ~uintptr_t(4095);
  return mincore(reinterpret_cast<void*>(page), 1, &resident) == 0;
}

int checkLimits(const LaunchRequest& request) {
  const CuemuIndex& g = request.grid;
  const CuemuIndex& b = request.block;
  const Function& f = *request.function;
  uint64_t threads = uint64_t(b.x) * b.y * b.z;
  if (threads == 0 || b.x > 1024 || b.y > 1024 || b.z > 64 || threads > 1024) {
    say("cuLaunchKernel: %s: a block of %u x %u x %u threads; at most 1024 (z: 64), none of them 0",
        f.kernel->name, b.x, b.y, b.z);
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (threads > uint64_t(f.kernel->maxThreads)) {
    say("cuLaunchKernel: %s: %lu threads in a block, but its __launch_bounds__ allow %d",
        f.kernel->name, (unsigned long)threads, f.kernel->maxThreads);
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (g.x == 0 || g.y == 0 || g.z == 0 || g.x > 0x7fffffff || g.y > 65535 || g.z > 65535) {
    say("cuLaunchKernel: %s: a grid of %u x %u x %u blocks; at most 2147483647 x 65535 x 65535,"
        " none of them 0",
        f.kernel->name, g.x, g.y, g.z);
    return CUDA_ERROR_INVALID_VALUE;
  }
  size_t shared = f.staticShared + request.dynamicShared;
  bool raised = f.maxDynamicShared > kDefaultShared;
  if (request.dynamicShared > f.maxDynamicShared || (shared > kDefaultShared && !raised) ||
      shared > kOptInShared) {
    say("cuLaunchKernel: %s: %zu bytes of static and %zu of dynamic shared memory; above 49152 in"
        " all they must be allowed by cuFuncSetAttribute, and 101376 is the end",
        f.kernel->name, f.staticShared, request.dynamicShared);
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

int copyArguments(LaunchRequest* request, void** parameters) {
  const CuemuKernel& kernel = *request->function->kernel;
  size_t total = 0;
  for (int i = 0; i < kernel.parameters.count; i++) {
    size_t bytes = kernel.parameters.sizes[i];
    const char* value = parameters != nullptr ? static_cast<const char*>(parameters[i]) : nullptr;
    if (value == nullptr || !isMapped(value) || !isMapped(value + bytes - 1)) {
      say("cuLaunchKernel: %s takes %d parameters, but number %d is missing", kernel.name,
          kernel.parameters.count, i + 1);
      return CUDA_ERROR_INVALID_VALUE;
    }
    request->arguments.emplace_back(value, value + bytes);
    total += bytes;
  }
  return total <= kParameterBytes ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

// The source line of an instruction of a kernel, for messages, or nothing.
std::string sourceLine(const Launch& of) {
  auto at = reinterpret_cast<uintptr_t>(of.faultAt);
  if (!of.image.contains(at)) {
    return "";
  }
  char command[1024];
  snprintf(command, sizeof command, "addr2line -e '%s' %#zx 2>/dev/null", of.libraryPath.c_str(),
           size_t(at - of.image.begin - 1));
  FILE* pipe = popen(command, "r");
  char line[512] = "";
  if (pipe == nullptr) {
    return "";
  }
  bool some = fgets(line, sizeof line, pipe) != nullptr;
  pclose(pipe);
  line[strcspn(line, "\n")] = 0;
  const char* name = strrchr(line, '/');
  return some && line[0] != '?' ? std::string(" (") + (name != nullptr ? name + 1 : line) + ")" : "";
}

int report() {
  const CuemuIndex& b = launch.at->block;
  const CuemuIndex& t = launch.at->thread;
  say("kernel %s, block (%u,%u,%u), thread (%u,%u,%u): %s%s", launch.kernel->name, b.x, b.y, b.z,
      t.x, t.y, t.z, launch.message, sourceLine(launch).c_str());
  return launch.error;
}

int execute(LaunchRequest& request) {
  static std::vector<char> arena(kOptInShared + 256);
  const Function& f = *request.function;
  if (!f.module->loaded) {
    say("kernel %s: its module was unloaded before it ran", f.kernel->name);
    return CUDA_ERROR_ILLEGAL_ADDRESS;
  }
  std::vector<void*> parameters;
  for (auto& argument : request.arguments) {
    parameters.push_back(argument.data());
  }
  const CuemuLibrary* library = f.module->contents;
  auto dynamic = (reinterpret_cast<uintptr_t>(arena.data()) + 127) & ~uintptr_t(127);
  launch.kernel = f.kernel;
  launch.library = library;
  launch.libraryPath = f.module->path;
  launch.image = f.module->image;
  launch.at = library->thread;
  launch.parameters = parameters.data();
  launch.at->blockSize = request.block;
  launch.at->gridSize = request.grid;
  launch.at->dynamicShared = reinterpret_cast<char*>(dynamic);
  launch.shared.staticBegin = reinterpret_cast<uintptr_t>(library->sharedBegin);
  launch.shared.staticBytes = library->sharedEnd - library->sharedBegin;
  launch.shared.dynamicBegin = dynamic;
  launch.shared.dynamicBytes = request.dynamicShared;
  return runGrid() == CUDA_SUCCESS ? int(CUDA_SUCCESS) : report();
}

}  // namespace

}  // namespace cuemu

using namespace cuemu;

CUEMU_EXPORT int cuLaunchKernel(CUfunction handle, unsigned gridX, unsigned gridY, unsigned gridZ,
                                unsigned blockX, unsigned blockY, unsigned blockZ,
                                unsigned sharedBytes, CUstream streamHandle, void** parameters,
                                void** extra) {
  return call("cuLaunchKernel", kSafeInCapture, [&](Context&) -> int {
    auto function = functionOf(handle);
    auto stream = streamOf(streamHandle);
    if (function == nullptr || stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (extra != nullptr) {
      return CUDA_ERROR_NOT_SUPPORTED;
    }
    auto request = std::make_shared<LaunchRequest>();
    request->function = function;
    request->grid = {gridX, gridY, gridZ};
    request->block = {blockX, blockY, blockZ};
    request->dynamicShared = sharedBytes;
    if (int wrong = checkLimits(*request)) {
      return wrong;
    }
    if (int wrong = copyArguments(request.get(), parameters)) {
      return wrong;
    }
    counters().kernelLaunches++;
    return submit(stream, [request] { return execute(*request); });
  });
}
