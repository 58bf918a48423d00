// Who touched which byte of shared and global memory when, and whether that was a data race.
//
// Two accesses of one byte by different threads race when at least one is a write, not both are
// atomic, and nothing orders them: no __syncthreads of their block between, and, for threads of one
// warp, no warp-wide operation (__syncwarp, shuffle, vote).
#pragma once

#include <cstddef>
#include <cstdint>

namespace cuemu {

enum class Access { kRead, kWrite, kAtomic };

// ---- Global memory. One cell per 4 bytes tells of the last write in the running launch:
// epoch << 16 | bytes written << 12 | atomic << 10 | thread of its block. Only writes are noted, so
// that a write after another block's read stays unseen; blocks run one after another, which makes
// most such kernels read what another block wrote elsewhere.
constexpr int kEpochShift = 16;
constexpr int kMaskShift = 12;
constexpr uint64_t kAtomicBit = 1 << 10;
constexpr uint64_t kThreadMask = (1 << 10) - 1;

// The slow part, for a cell that was written in this launch: null or what the race is.
const char* globalRace(uint64_t cell, unsigned mask, Access access);

// ---- Shared memory.
// Makes the shadow for this many bytes, none of them initialised.
void openSharedShadow(size_t bytes);
// Notes an access of shared bytes [offset, offset + size); null or what is wrong with it.
const char* touchShared(size_t offset, size_t size, Access access);

}  // namespace cuemu
