// Device memory: where it lies, which bytes of it are initialised and who wrote them last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cuemu {

// A reserved stretch of address space that all allocations come from, never twice from the same
// place, and two shadows of it. Reserved, not committed: only what is touched costs memory.
struct Region {
  uintptr_t base = 0;
  size_t size = 0;
  uint8_t* initialised = nullptr;  // one byte per byte: 1 when written since it was allocated
  uint64_t* lastWrite = nullptr;   // one cell per 4 bytes: which thread of a launch wrote it, races.h

  bool contains(uintptr_t address) const { return address - base < size; }
  uint8_t* shadow(uintptr_t address) const { return initialised + (address - base); }
};

extern Region region;

struct Context;

struct Allocation {
  uintptr_t base;
  size_t bytes;
  Context* owner;
  bool live;
  bool isConstant;  // kernels may not write it

  bool contains(uintptr_t address, size_t length) const {
    return address >= base && length <= bytes && address - base <= bytes - length;
  }
};

// All of these are called with the emulation's lock held.

// 0, or out of memory.
int allocate(Context* owner, size_t bytes, uintptr_t* address);
// 0, or invalid value for an address that is no live allocation's first byte; prints why.
int release(uintptr_t address);
// Frees what the context still has; prints a line for each when report is set. How many there were.
int releaseAll(Context* owner, bool report);

// The live allocation (or variable of a loaded module) around a range, or null.
const Allocation* findLive(uintptr_t address, size_t bytes);
// What lies at an address that is not inside any allocation, in words: for messages.
std::string describe(uintptr_t address, size_t bytes);

// __constant__ and __device__ variables of modules are device memory outside the region.
void addVariable(Context* owner, uintptr_t address, size_t bytes, bool isConstant);
void removeVariable(uintptr_t address);

// Checks of whole ranges, for copies and libraries; each prints one line when it fails.
int checkRange(uintptr_t address, size_t bytes, const char* what);
int checkRead(uintptr_t address, size_t bytes, const char* what);
void markInitialised(uintptr_t address, size_t bytes);
// Carries the initialised marks along with a copy between two places of device memory.
void copyMarks(uintptr_t to, uintptr_t from, size_t bytes);

size_t liveBytes(const Context* owner);
size_t liveAllocations();
size_t allLiveBytes();
size_t allocationsSoFar();

// Page-locked host memory, copies.cpp.
size_t livePinned();
void releasePinned();

}  // namespace cuemu
