// Modules and functions.
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "emulator.h"
#include "memory.h"
#include "modules.h"
#include "streams.h"

namespace cuemu {

namespace {

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

std::shared_ptr<Function> functionOf(CUfunction handle) { return functions.find(handle); }

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
