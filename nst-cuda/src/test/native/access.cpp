// Every load and store of a kernel comes here. Kernels are compiled with -fsanitize=thread, which
// makes the compiler call these functions before each access, but without its run-time library:
// these are the emulation's own. So it works at a level that guard pages cannot: byte-exact bounds,
// reads of uninitialised memory, misaligned accesses and data races.
#include <cstring>

#include "cuda_types.h"
#include "launch.h"
#include "memory.h"
#include "races.h"

namespace cuemu {

namespace {

const char* nameOf(Access access) {
  return access == Access::kRead ? "reads" : access == Access::kWrite ? "writes" : "updates";
}

// The first touch of fresh memory, or a fault.
[[gnu::noinline]] void firstTouch(uintptr_t address, size_t size, Access access, const void* pc) {
  static const Allocation* last = nullptr;  // map nodes stay where they are, freed ones too
  if (last == nullptr || !last->live || !last->contains(address, size)) {
    const Allocation* a = findLive(address, size);
    if (a == nullptr) {
      kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, pc, "%s %zu bytes at %#zx out of bounds: %s",
                  nameOf(access), size, size_t(address), describe(address, size).c_str());
    }
    last = a;
  }
  if (access != Access::kWrite) {
    kernelFault(CUDA_ERROR_LAUNCH_FAILED, pc,
                "%s uninitialised global memory, %zu bytes at %#zx: %s", nameOf(access), size,
                size_t(address), describe(address, size).c_str());
  }
  memset(region.shadow(address), 1, size);
}

template <size_t N>
bool allInitialised(const uint8_t* marks) {
  if constexpr (N == 16) {
    return allInitialised<8>(marks) && allInitialised<8>(marks + 8);
  } else if constexpr (N == 8) {
    uint64_t all;
    memcpy(&all, marks, 8);
    return all == 0x0101010101010101u;
  } else if constexpr (N == 4) {
    uint32_t all;
    memcpy(&all, marks, 4);
    return all == 0x01010101u;
  } else if constexpr (N == 2) {
    uint16_t all;
    memcpy(&all, marks, 2);
    return all == 0x0101u;
  } else {
    return *marks == 1;
  }
}

[[gnu::noinline]] void checkGlobalRace(uint64_t cell, unsigned mask, uintptr_t address, size_t size,
                                       Access access, const void* pc) {
  if (const char* race = globalRace(cell, mask, access)) {
    kernelFault(CUDA_ERROR_LAUNCH_FAILED, pc, "%s (thread %u of it), %zu bytes at %#zx: %s", race,
                unsigned(cell & kThreadMask), size, size_t(address),
                describe(address, size).c_str());
  }
}

template <Access A>
inline void touchGlobalCell(uint64_t& cell, unsigned mask, uintptr_t address, size_t size,
                            const void* pc) {
  if (__builtin_expect(cell >= launch.launchEpoch << kEpochShift, 0) &&
      (cell ^ launch.stamp) >> kEpochShift << kEpochShift | ((cell ^ launch.stamp) & kThreadMask)) {
    checkGlobalRace(cell, mask, address, size, A, pc);
  }
  if constexpr (A != Access::kRead) {
    bool mine = ((cell ^ launch.stamp) & ~(uint64_t(0xf) << kMaskShift | kAtomicBit)) == 0;
    unsigned both = mask | (mine ? unsigned(cell >> kMaskShift & 0xf) : 0);
    cell = launch.stamp | uint64_t(both) << kMaskShift | (A == Access::kAtomic ? kAtomicBit : 0);
  }
}

template <size_t N, Access A>
inline void touchGlobal(uintptr_t address, const void* pc) {
  if (!allInitialised<N>(region.shadow(address))) {
    firstTouch(address, N, A, pc);
  }
  uint64_t* cells = region.lastWrite + (address - region.base) / 4;
  if constexpr (N >= 4) {
    for (size_t i = 0; i < N / 4; i++) {
      touchGlobalCell<A>(cells[i], 0xf, address, N, pc);
    }
  } else {
    touchGlobalCell<A>(*cells, ((1u << N) - 1) << (address & 3), address, N, pc);
  }
}

bool isWritableVariable(uintptr_t address, size_t size) {
  const Allocation* a = findLive(address, size);
  return a != nullptr && !a->isConstant;
}

// Memory that is neither global nor the thread's own stack.
template <Access A>
[[gnu::noinline]] void touchOther(uintptr_t address, size_t size, const void* pc) {
  const SharedMemory& shared = launch.shared;
  size_t offset;
  if (launch.library->sharedAmongVariables && isWritableVariable(address, size)) {
    return;
  }
  if (address - shared.staticBegin < shared.staticBytes) {
    offset = address - shared.staticBegin;
    if (offset + size > shared.staticBytes) {
      kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, pc,
                  "%s %zu bytes past the end of the static shared memory", nameOf(A), size);
    }
  } else if (address - shared.dynamicBegin < shared.dynamicBytes) {
    offset = address - shared.dynamicBegin;
    if (offset + size > shared.dynamicBytes) {
      kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, pc,
                  "%s %zu bytes at offset %zu of %zu bytes of dynamic shared memory", nameOf(A),
                  size, offset, shared.dynamicBytes);
    }
    offset += shared.staticBytes;
  } else if (A == Access::kRead ? launch.image.contains(address)
                                : isWritableVariable(address, size)) {
    return;  // constants; __device__ variables
  } else if (address - shared.dynamicBegin - shared.dynamicBytes < (1 << 16)) {
    kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, pc,
                "%s %zu bytes out of bounds: %zu bytes behind the %zu bytes of dynamic shared memory",
                nameOf(A), size, size_t(address - shared.dynamicBegin - shared.dynamicBytes),
                shared.dynamicBytes);
  } else {
    kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, pc, "%s %zu bytes at %#zx out of bounds: %s", nameOf(A),
                size, size_t(address), describe(address, size).c_str());
  }
  if (A == Access::kRead && size == 4 && isPlainRead(offset)) {
    return;
  }
  if (const char* wrong = touchShared(offset, size, A)) {
    kernelFault(CUDA_ERROR_LAUNCH_FAILED, pc, "%s, %zu bytes at offset %zu of it", wrong, size,
                offset);
  }
}

template <size_t N, Access A>
inline void touch(const void* p, const void* pc) {
  uintptr_t address = reinterpret_cast<uintptr_t>(p);
  if (N > 1 && __builtin_expect(address % N != 0 && N <= 8, 0)) {
    kernelFault(CUDA_ERROR_MISALIGNED_ADDRESS, pc, "%s %zu bytes at %#zx, which is misaligned",
                nameOf(A), N, size_t(address));
  }
  if (region.contains(address)) {
    touchGlobal<N, A>(address, pc);
  } else if (launch.stack.contains(address)) {
    return;
  } else if (launch.running) {
    touchOther<A>(address, N, pc);
  }
}

template <Access A>
void touchRange(uintptr_t address, size_t size, const void* pc) {
  // In pieces whose bounds are checked one by one; a range that leaves its allocation still fails.
  while (size > 0 && address % 4 != 0) {
    touch<1, A>(reinterpret_cast<void*>(address++), pc);
    size--;
  }
  for (; size >= 4; size -= 4, address += 4) {
    touch<4, A>(reinterpret_cast<void*>(address), pc);
  }
  for (; size > 0; size--) {
    touch<1, A>(reinterpret_cast<void*>(address++), pc);
  }
}

}  // namespace

}  // namespace cuemu

using cuemu::Access;

#define CALLER __builtin_return_address(0)

#define ACCESS_FUNCTIONS(N)                                                                      \
  CUEMU_EXPORT void __tsan_read##N(void* p) { cuemu::touch<N, Access::kRead>(p, CALLER); }       \
  CUEMU_EXPORT void __tsan_write##N(void* p) { cuemu::touch<N, Access::kWrite>(p, CALLER); }     \
  CUEMU_EXPORT void __tsan_volatile_read##N(void* p) {                                           \
    cuemu::touch<N, Access::kRead>(p, CALLER);                                                   \
  }                                                                                              \
  CUEMU_EXPORT void __tsan_volatile_write##N(void* p) {                                          \
    cuemu::touch<N, Access::kWrite>(p, CALLER);                                                  \
  }                                                                                              \
  CUEMU_EXPORT void cuemu_atomic##N(void* p) { cuemu::touch<N, Access::kAtomic>(p, CALLER); }

ACCESS_FUNCTIONS(1)
ACCESS_FUNCTIONS(2)
ACCESS_FUNCTIONS(4)
ACCESS_FUNCTIONS(8)
ACCESS_FUNCTIONS(16)

// Accesses that the compiler could not prove aligned. Whether their type asks for alignment is
// checked by the alignment sanitiser (device.h), so only the bytes are looked at here.
#define UNALIGNED_FUNCTIONS(N)                                                  \
  CUEMU_EXPORT void __tsan_unaligned_read##N(void* p) {                         \
    cuemu::touchRange<Access::kRead>(reinterpret_cast<uintptr_t>(p), N, CALLER); \
  }                                                                             \
  CUEMU_EXPORT void __tsan_unaligned_write##N(void* p) {                        \
    cuemu::touchRange<Access::kWrite>(reinterpret_cast<uintptr_t>(p), N, CALLER); \
  }

UNALIGNED_FUNCTIONS(2)
UNALIGNED_FUNCTIONS(4)
UNALIGNED_FUNCTIONS(8)
UNALIGNED_FUNCTIONS(16)

CUEMU_EXPORT void __tsan_read_range(void* p, unsigned long bytes) {
  cuemu::touchRange<Access::kRead>(reinterpret_cast<uintptr_t>(p), bytes, CALLER);
}
CUEMU_EXPORT void __tsan_write_range(void* p, unsigned long bytes) {
  cuemu::touchRange<Access::kWrite>(reinterpret_cast<uintptr_t>(p), bytes, CALLER);
}

CUEMU_EXPORT void* __tsan_memcpy(void* to, const void* from, unsigned long bytes) {
  cuemu::touchRange<Access::kRead>(reinterpret_cast<uintptr_t>(from), bytes, CALLER);
  cuemu::touchRange<Access::kWrite>(reinterpret_cast<uintptr_t>(to), bytes, CALLER);
  return memmove(to, from, bytes);
}
CUEMU_EXPORT void* __tsan_memset(void* to, int value, unsigned long bytes) {
  cuemu::touchRange<Access::kWrite>(reinterpret_cast<uintptr_t>(to), bytes, CALLER);
  return memset(to, value, bytes);
}

CUEMU_EXPORT void __tsan_init() {}
CUEMU_EXPORT void __tsan_func_entry(void*) {}
CUEMU_EXPORT void __tsan_func_exit() {}
CUEMU_EXPORT void __tsan_vptr_read(void*) {}
CUEMU_EXPORT void __tsan_vptr_update(void*, void*) {}

// The undefined-behaviour sanitiser's checks that kernels are compiled with: the alignment of a
// whole vector access, which the optimiser splits before the checks above see it, and the bounds of
// arrays of known size, which lie side by side in shared memory.
namespace {

struct SourceLocation {
  const char* file;
  uint32_t line;
  uint32_t column;
};

struct TypeDescriptor {
  uint16_t kind;
  uint16_t info;
  char name[1];
};

struct TypeMismatch {
  SourceLocation location;
  const TypeDescriptor* type;
  unsigned char logAlignment;
  unsigned char kind;
};

struct OutOfBounds {
  SourceLocation location;
  const TypeDescriptor* array;
  const TypeDescriptor* index;
};

}  // namespace

CUEMU_EXPORT void __ubsan_handle_type_mismatch_v1(TypeMismatch* data, uintptr_t pointer) {
  cuemu::kernelFault(CUDA_ERROR_MISALIGNED_ADDRESS, nullptr,
                     "misaligned access of type %s (alignment %u) at %#zx (%s:%u)",
                     data->type->name, 1u << data->logAlignment, size_t(pointer),
                     data->location.file, data->location.line);
}

CUEMU_EXPORT void __ubsan_handle_out_of_bounds(OutOfBounds* data, uintptr_t index) {
  cuemu::kernelFault(CUDA_ERROR_ILLEGAL_ADDRESS, nullptr,
                     "index %ld out of bounds of array of type %s (%s:%u)", long(index),
                     data->array->name, data->location.file, data->location.line);
}
