// Loaded kernel libraries and the kernels in them.
#pragma once

#include <dlfcn.h>

#include <memory>
#include <string>

#include "emulator.h"
#include "launch.h"

namespace cuemu {

// Shared memory of a block: without asking, and at most.
constexpr size_t kDefaultShared = 48 << 10;
constexpr size_t kOptInShared = 99 << 10;

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

// The live function behind a handle, or null.
std::shared_ptr<Function> functionOf(CUfunction handle);

}  // namespace cuemu
