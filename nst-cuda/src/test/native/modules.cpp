// Modules, functions and kernel launches.
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "emulator.h"
#include "launch.h"
#include "memory.h"
#include "streams.h"

namespace cuemu {

namespace {

constexpr size_t kDefaultShared = 48 << 10;
constexpr size_t kOptInShared = 99 << 10;
constexpr size_t kParameterBytes = 4096;

struct Module {
  Context* context = nullptr;
  std::string path;
  void* library = nullptr;
  const CuemuLibrary* contents = nullptr;
  Range image;
  bool loaded = true;  // graphs and queued launches may outlive the module

  ~Module() {
    if (library != nullptr) {
      dlclose(library);
    }
  }
};

struct Function {
  Context* context = nullptr;
  std::shared_ptr<Module> module;
  const CuemuKernel* kernel = nullptr;
  size_t staticShared = 0;
  size_t maxDynamicShared = kDefaultShared;
};

Registry<Module> modules;
Registry<Function> functions;

// The token that stands for PTX or machine code, see nvrtc.cpp:
// "// cuemu <ptx|cubin> <compute capability> <build>\n// <path of the kernel library>\n"
struct Token {
  char kind[8] = "";
  int architecture = 0;
  char build[24] = "";
  std::string path;
};

bool parse(const char* image, Token* token) {
  const char* prefix = "// cuemu ";
  if (strncmp(image, prefix, strlen(prefix)) != 0 ||
      sscanf(image + strlen(prefix), "%7s %d %23s", token->kind, &token->architecture,
             token->build) != 3) {
    return false;
  }
  const char* line = strchr(image, '\n');
  if (line == nullptr || strncmp(line, "\n// ", 4) != 0) {
    return false;
  }
  token->path.assign(line + 4, strcspn(line + 4, "\n"));
  return true;
}

// Machine code runs on later minor versions of its architecture, PTX on anything later.
bool fitsDevice(const Token& token) {
  int device = config().computeCapability;
  bool isCode = strcmp(token.kind, "cubin") == 0;
  return token.architecture <= device && (!isCode || token.architecture / 10 == device / 10);
}

// Loads a private copy, as every module has its own constants and shared memory; the dynamic linker
// hands out the same library twice for one name and for one file.
void* loadPrivately(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::string copy = path + ".XXXXXX";
  int file = bytes.empty() ? -1 : mkostemp(copy.data(), O_CLOEXEC);
  if (file < 0) {
    say("cuModuleLoadData: cannot read the kernel library %s or write beside it", path.c_str());
    return nullptr;
  }
  void* library = nullptr;
  if (write(file, bytes.data(), bytes.size()) == ssize_t(bytes.size())) {
    library = dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  if (library == nullptr) {
    const char* why = dlerror();
    say("cuModuleLoadData: %s", why != nullptr ? why : "cannot write a copy of the kernel library");
  }
  close(file);
  unlink(copy.c_str());
  return library;
}

Range imageOf(void* library) {
  struct Search {
    uintptr_t base;
    Range found;
  } search = {reinterpret_cast<link_map*>(library)->l_addr, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto* s = static_cast<Search*>(data);
        if (info->dlpi_addr != s->base) {
          return 0;
        }
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& part = info->dlpi_phdr[i];
          if (part.p_type == PT_LOAD) {
            s->found = {s->base, size_t(part.p_vaddr + part.p_memsz)};
          }
        }
        return 1;
      },
      &search);
  return search.found;
}

int load(Context& context, const void* image, CUmodule* handle) {
  Token token;
  if (image == nullptr || handle == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (!parse(static_cast<const char*>(image), &token)) {
    say("cuModuleLoadData: the image was not made by the emulated NVRTC");
    return CUDA_ERROR_INVALID_IMAGE;
  }
  if (strcmp(token.build, CUEMU_BUILD) != 0) {
    say("cuModuleLoadData: compiled by another build of the emulation (%s, this is " CUEMU_BUILD ")",
        token.build);
    return CUDA_ERROR_INVALID_IMAGE;
  }
  if (!fitsDevice(token)) {
    say("cuModuleLoadData: %s for architecture %d on a device of compute capability %d", token.kind,
        token.architecture, config().computeCapability);
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  }
  auto module = std::make_shared<Module>();
  module->library = loadPrivately(token.path);
  if (module->library == nullptr) {
    return CUDA_ERROR_INVALID_IMAGE;
  }
  auto contents = reinterpret_cast<const CuemuLibrary* (*)()>(dlsym(module->library, "cuemu_library"));
  if (contents == nullptr) {
    return CUDA_ERROR_INVALID_IMAGE;
  }
  module->context = &context;
  module->path = token.path;
  module->contents = contents();
  module->image = imageOf(module->library);
  for (int i = 0; i < module->contents->kernelCount; i++) {
    if (module->contents->sharedSizes[i] > kDefaultShared) {
      say("cuModuleLoadData: kernel %s uses too much shared data (%lu bytes, %zu at most)",
          module->contents->kernels[i].name, module->contents->sharedSizes[i], kDefaultShared);
      return CUDA_ERROR_INVALID_PTX;
    }
  }
  for (int i = 0; i < module->contents->variableCount; i++) {
    const CuemuVariable& v = module->contents->variables[i];
    addVariable(&context, reinterpret_cast<uintptr_t>(v.address), v.bytes, v.isConstant);
  }
  *handle = static_cast<CUmodule>(modules.add(module));
  return CUDA_SUCCESS;
}

void unload(Module& module) {
  module.loaded = false;
  for (int i = 0; i < module.contents->variableCount; i++) {
    removeVariable(reinterpret_cast<uintptr_t>(module.contents->variables[i].address));
  }
}

// ---- Launches.

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

int destroyModules(Context* owner) {
  for (const auto& entry : modules.all()) {
    if (owner == nullptr || entry.second->context == owner) {
      unload(*entry.second);
    }
  }
  functions.removeAll(owner);
  return modules.removeAll(owner);
}

int liveModules() { return int(modules.size()); }

}  // namespace cuemu

using namespace cuemu;

CUEMU_EXPORT int cuModuleLoadData(CUmodule* module, const void* image) {
  return call("cuModuleLoadData", kUnsafeInCapture,
              [&](Context& context) { return load(context, image, module); });
}

CUEMU_EXPORT int cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, int*, void**) {
  return cuModuleLoadData(module, image);
}

CUEMU_EXPORT int cuModuleLoad(CUmodule* module, const char* file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return CUDA_ERROR_FILE_NOT_FOUND;
  }
  std::string image{std::istreambuf_iterator<char>(in), {}};
  return cuModuleLoadData(module, image.c_str());
}

CUEMU_EXPORT int cuModuleUnload(CUmodule handle) {
  return call("cuModuleUnload", kUnsafeInCapture, [&](Context& context) -> int {
    auto module = modules.find(handle);
    if (module == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    int result = finishAll(&context);
    unload(*module);
    std::vector<void*> gone;
    for (const auto& entry : functions.all()) {
      if (entry.second->module == module) {
        gone.push_back(entry.first);
      }
    }
    for (void* function : gone) {
      functions.remove(function);
    }
    modules.remove(handle);
    return result;
  });
}

CUEMU_EXPORT int cuModuleGetFunction(CUfunction* function, CUmodule handle, const char* name) {
  return call("cuModuleGetFunction", kSafeInCapture, [&](Context& context) -> int {
    auto module = modules.find(handle);
    if (module == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    for (int i = 0; i < module->contents->kernelCount; i++) {
      const CuemuKernel& kernel = module->contents->kernels[i];
      if (strcmp(kernel.name, name) == 0) {
        auto made = std::make_shared<Function>();
        made->context = &context;
        made->module = module;
        made->kernel = &kernel;
        made->staticShared = module->contents->sharedSizes[i];
        *function = static_cast<CUfunction>(functions.add(made));
        return CUDA_SUCCESS;
      }
    }
    return CUDA_ERROR_NOT_FOUND;
  });
}

CUEMU_EXPORT int cuModuleGetGlobal_v2(CUdeviceptr* address, size_t* bytes, CUmodule handle,
                                      const char* name) {
  return call("cuModuleGetGlobal", kSafeInCapture, [&](Context&) -> int {
    auto module = modules.find(handle);
    if (module == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    for (int i = 0; i < module->contents->variableCount; i++) {
      const CuemuVariable& v = module->contents->variables[i];
      if (strcmp(v.name, name) == 0) {
        if (address != nullptr) {
          *address = reinterpret_cast<CUdeviceptr>(v.address);
        }
        if (bytes != nullptr) {
          *bytes = v.bytes;
        }
        return CUDA_SUCCESS;
      }
    }
    return CUDA_ERROR_NOT_FOUND;
  });
}

CUEMU_EXPORT int cuFuncGetAttribute(int* value, int attribute, CUfunction handle) {
  return call("cuFuncGetAttribute", kSafeInCapture, [&](Context&) -> int {
    auto f = functions.find(handle);
    if (f == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    switch (attribute) {
      case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = f->kernel->maxThreads;
        break;
      case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
        *value = int(f->staticShared);
        break;
      case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = int(f->maxDynamicShared);
        break;
      case CU_FUNC_ATTRIBUTE_NUM_REGS:
        *value = 32;
        break;
      case CU_FUNC_ATTRIBUTE_PTX_VERSION:
      case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
        *value = config().computeCapability;
        break;
      default:
        *value = 0;
    }
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
  return call("cuFuncSetAttribute", kSafeInCapture, [&](Context&) -> int {
    auto f = functions.find(handle);
    if (f == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (attribute == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT) {
      return CUDA_SUCCESS;
    }
    if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 ||
        size_t(value) + f->staticShared > kOptInShared) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    f->maxDynamicShared = size_t(value);
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuFuncSetCacheConfig(CUfunction handle, int) {
  return call("cuFuncSetCacheConfig", kSafeInCapture, [&](Context&) -> int {
    return functions.find(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

CUEMU_EXPORT int cuLaunchKernel(CUfunction handle, unsigned gridX, unsigned gridY, unsigned gridZ,
                                unsigned blockX, unsigned blockY, unsigned blockZ,
                                unsigned sharedBytes, CUstream streamHandle, void** parameters,
                                void** extra) {
  return call("cuLaunchKernel", kSafeInCapture, [&](Context&) -> int {
    auto function = functions.find(handle);
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
