// One kernel launch while it runs: what its threads, the checks of their accesses and the scheduler
// share. There is never more than one, under the emulation's lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernel_abi.h"

namespace cuemu {

// Where static and dynamic shared memory of the launch lie. Their bytes are numbered together:
// static ones first.
struct SharedMemory {
  uintptr_t staticBegin = 0;
  size_t staticBytes = 0;
  uintptr_t dynamicBegin = 0;
  size_t dynamicBytes = 0;
};

struct Range {
  uintptr_t begin = 0;
  size_t bytes = 0;
  bool contains(uintptr_t address) const { return address - begin < bytes; }
};

struct Launch {
  const CuemuKernel* kernel = nullptr;
  const CuemuLibrary* library = nullptr;
  std::string libraryPath;  // for the source line of a fault
  Range image;              // the kernel library as it is loaded
  CuemuThread* at = nullptr;
  void** parameters = nullptr;
  SharedMemory shared;

  // Time, for races: an epoch is one interval between barriers of one block; epochs never repeat.
  uint64_t launchEpoch = 0;  // the first of this launch
  uint64_t blockEpoch = 0;   // the first of this block
  uint64_t epoch = 0;
  unsigned thread = 0;       // the running thread, in its block
  uint64_t stamp = 0;        // epoch and thread in one word, races.h
  bool fenced = false;       // some thread has called __threadfence: blocks may hand data over
  std::vector<uint32_t> warpEpochs;  // how often each warp has synchronised itself in this epoch

  Range stack;  // of the running thread

  int error = 0;
  char message[400] = "";
  const void* faultAt = nullptr;  // the instruction

  bool running = false;
};

extern Launch launch;

// Ends the launch from inside a kernel's thread: notes the fault and never returns.
[[noreturn]] void kernelFault(int code, const void* instruction, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

// Runs all blocks of `launch`, whose fields up to `shared` are set. Returns launch.error.
int runGrid();

}  // namespace cuemu
