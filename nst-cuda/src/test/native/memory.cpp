#include "memory.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "emulator.h"

namespace cuemu {

Region region;

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kRegionSize = size_t(2) << 40;
// Allocations start this far into their pages: aligned to 256 bytes, as the device promises, and to
// no more, so that code that silently counts on more is found.
constexpr size_t kLead = 256;
constexpr size_t kGuard = kPage;

std::map<uintptr_t, Allocation> allocations;  // freed ones stay, for messages; never reused
std::map<uintptr_t, Allocation> variables;
size_t regionUsed = 0;
size_t liveCount = 0;
size_t liveTotal = 0;

void* reserve(size_t bytes, int protection) {
  void* at = mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    fprintf(stderr,
            "cuemu: cannot reserve %zu GiB of address space for the emulated device;"
            " lift the limit on it (ulimit -v, vm.overcommit_memory=2)\n",
            bytes >> 30);
    abort();
  }
  return at;
}

void openRegion() {
  region.initialised = static_cast<uint8_t*>(reserve(kRegionSize, PROT_READ | PROT_WRITE));
  region.lastWrite = static_cast<uint64_t*>(reserve(2 * kRegionSize, PROT_READ | PROT_WRITE));
  region.base = reinterpret_cast<uintptr_t>(reserve(kRegionSize, PROT_NONE));
  region.size = kRegionSize;
}

size_t roundUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

// Pages of an allocation, from the first to behind the last.
uintptr_t firstPage(const Allocation& a) { return a.base - kLead; }
size_t pagesBytes(const Allocation& a) { return roundUp(kLead + a.bytes, kPage); }

void discard(void* from, size_t bytes) {
  // Only whole pages can be given back; no other allocation shares the pages of this one.
  uintptr_t begin = roundUp(reinterpret_cast<uintptr_t>(from), kPage);
  uintptr_t end = (reinterpret_cast<uintptr_t>(from) + bytes) / kPage * kPage;
  if (begin < end) {
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

void retire(Allocation& a) {
  void* pages = reinterpret_cast<void*>(firstPage(a));
  size_t bytes = pagesBytes(a);
  madvise(pages, bytes, MADV_DONTNEED);
  mprotect(pages, bytes, PROT_NONE);
  discard(region.shadow(firstPage(a)), bytes);
  discard(region.lastWrite + (firstPage(a) - region.base) / 4, 2 * bytes);
  a.live = false;
  liveCount--;
  liveTotal -= a.bytes;
}

const Allocation* around(const std::map<uintptr_t, Allocation>& in, uintptr_t address) {
  auto next = in.upper_bound(address);
  return next == in.begin() ? nullptr : &std::prev(next)->second;
}

}  // namespace

int allocate(Context* owner, size_t bytes, uintptr_t* address) {
  if (region.size == 0) {
    openRegion();
  }
  if (bytes > config().totalMemory ||
      liveBytes(owner) + bytes > config().totalMemory - config().foreignMemory) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  size_t span = roundUp(kLead + bytes, kPage);
  if (regionUsed + span + kGuard > region.size) {
    fprintf(stderr, "cuemu: the address space for allocations is used up; start a new process\n");
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  uintptr_t pages = region.base + regionUsed;
  if (mprotect(reinterpret_cast<void*>(pages), span, PROT_READ | PROT_WRITE) != 0) {
    perror("cuemu: mprotect for an allocation");
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  regionUsed += span + kGuard;
  uintptr_t base = pages + kLead;
  allocations.emplace(base, Allocation{base, bytes, owner, true, false});
  liveCount++;
  liveTotal += bytes;
  *address = base;
  return CUDA_SUCCESS;
}

int release(uintptr_t address) {
  auto found = allocations.find(address);
  if (found != allocations.end() && found->second.live) {
    retire(found->second);
    return CUDA_SUCCESS;
  }
  if (found != allocations.end()) {
    say("cuMemFree: double free of %#zx (%zu bytes)", size_t(address), found->second.bytes);
  } else {
    say("cuMemFree: %#zx is not the start of an allocation: %s", size_t(address),
        describe(address, 1).c_str());
  }
  return CUDA_ERROR_INVALID_VALUE;
}

int releaseAll(Context* owner, bool report) {
  int count = 0;
  for (auto& entry : allocations) {
    Allocation& a = entry.second;
    if (a.live && (owner == nullptr || a.owner == owner)) {
      if (report) {
        say("leak: %zu bytes at %#zx were never freed", a.bytes, size_t(a.base));
      }
      retire(a);
      count++;
    }
  }
  return count;
}

const Allocation* findLive(uintptr_t address, size_t bytes) {
  const auto& in = region.contains(address) ? allocations : variables;
  const Allocation* a = around(in, address);
  return a != nullptr && a->live && a->contains(address, bytes) ? a : nullptr;
}

std::string describe(uintptr_t address, size_t bytes) {
  char text[200];
  if (!region.contains(address)) {
    const Allocation* v = around(variables, address);
    bool inside = v != nullptr && v->contains(address, 1);
    return inside ? "a variable of a module of " + std::to_string(v->bytes) + " bytes"
                  : "no device memory";
  }
  const Allocation* a = around(allocations, address);
  auto next = allocations.upper_bound(address);
  size_t past = a != nullptr ? address - a->base : SIZE_MAX;  // a place before every allocation
  size_t before = next != allocations.end() ? next->first - address : SIZE_MAX;
  if (past == SIZE_MAX || (past > a->bytes && past - a->bytes > before)) {
    snprintf(text, sizeof text, "%zu bytes before an allocation of %zu bytes at %#zx", before,
             next->second.bytes, size_t(next->first));
  } else {
    size_t over = past + bytes > a->bytes ? past + bytes - a->bytes : 0;
    snprintf(text, sizeof text, "offset %zu of an allocation of %zu bytes at %#zx", past, a->bytes,
             size_t(a->base));
    size_t used = strlen(text);
    if (!a->live) {
      snprintf(text + used, sizeof text - used, " that was freed");
    } else if (over > 0) {
      snprintf(text + used, sizeof text - used, ", %zu bytes past its end", over);
    }
  }
  return text;
}

void addVariable(Context* owner, uintptr_t address, size_t bytes, bool isConstant) {
  variables[address] = Allocation{address, bytes, owner, true, isConstant};
}

void removeVariable(uintptr_t address) { variables.erase(address); }

int checkRange(uintptr_t address, size_t bytes, const char* what) {
  if (bytes == 0 || findLive(address, bytes) != nullptr) {
    return CUDA_SUCCESS;
  }
  say("%s: range of %zu bytes at %#zx is not inside one live allocation: %s", what, bytes,
      size_t(address), describe(address, bytes).c_str());
  return CUDA_ERROR_ILLEGAL_ADDRESS;
}

int checkRead(uintptr_t address, size_t bytes, const char* what) {
  if (int bad = checkRange(address, bytes, what)) {
    return bad;
  }
  if (bytes == 0 || !region.contains(address)) {
    return CUDA_SUCCESS;
  }
  const uint8_t* marks = region.shadow(address);
  const void* hole = memchr(marks, 0, bytes);
  if (hole == nullptr) {
    return CUDA_SUCCESS;
  }
  size_t at = static_cast<const uint8_t*>(hole) - marks;
  say("%s: reads uninitialised memory, byte %zu of the %zu bytes at %#zx: %s", what, at, bytes,
      size_t(address), describe(address + at, 1).c_str());
  return CUDA_ERROR_LAUNCH_FAILED;
}

void markInitialised(uintptr_t address, size_t bytes) {
  if (region.contains(address)) {
    memset(region.shadow(address), 1, bytes);
  }
}

void copyMarks(uintptr_t to, uintptr_t from, size_t bytes) {
  if (!region.contains(to)) {
    return;
  }
  if (region.contains(from)) {
    memmove(region.shadow(to), region.shadow(from), bytes);
  } else {
    markInitialised(to, bytes);
  }
}

size_t liveBytes(const Context* owner) {
  size_t sum = 0;
  if (deviceCount() == 1) {
    return liveTotal;
  }
  for (const auto& entry : allocations) {
    sum += entry.second.live && entry.second.owner == owner ? entry.second.bytes : 0;
  }
  return sum;
}

size_t liveAllocations() { return liveCount; }
size_t allLiveBytes() { return liveTotal; }
size_t allocationsSoFar() { return allocations.size(); }

}  // namespace cuemu
