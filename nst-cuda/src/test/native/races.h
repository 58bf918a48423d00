// Who touched which byte of shared and global memory when, and whether that was a data race.
//
// Two accesses of one byte by different threads race when at least one is a write, not both are
// atomic, and nothing orders them: no __syncthreads of their block between, and, for threads of one
// warp, no warp-wide operation (__syncwarp, shuffle, vote).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "launch.h"

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
constexpr unsigned kWarp = 32;
constexpr uint16_t kNobody = 0xffff;
constexpr uint16_t kManyInWarp = 0x8000;  // | warp: several readers, all of that warp
constexpr uint16_t kManyWarps = 0xfffe;

// What is known of one unit of shared memory. A unit is a word while all accesses are whole words,
// else a byte: neighbouring halves of one word are no race.
struct Cell {
  uint64_t writeEpoch = 0;  // 0: never written
  uint64_t readEpoch = 0;
  uint64_t splitEpoch = 0;  // of a word: it is split into bytes for the rest of that block
  uint32_t writeWarpEpoch = 0;
  uint32_t readWarpEpoch = 0;
  uint16_t writer = kNobody;
  uint16_t reader = kNobody;
  bool atomic = false;
};

extern std::vector<Cell> sharedWords;

// The common case: a word, written before the last barrier, whose readers include this thread's
// warp already. Nothing is to be checked or noted then.
inline bool isPlainRead(size_t offset) {
  const Cell& cell = sharedWords[offset / 4];
  unsigned warp = launch.thread / kWarp;
  return offset % 4 == 0 && cell.writeEpoch < launch.epoch &&
         cell.writeEpoch >= launch.blockEpoch && cell.splitEpoch < launch.blockEpoch &&
         cell.readEpoch == launch.epoch &&
         (cell.reader == kManyWarps ||
          (cell.reader == (kManyInWarp | warp) && cell.readWarpEpoch == launch.warpEpochs[warp]));
}

// Makes the shadow for this many bytes, none of them initialised.
void openSharedShadow(size_t bytes);
// Notes an access of shared bytes [offset, offset + size); null or what is wrong with it.
const char* touchShared(size_t offset, size_t size, Access access);

}  // namespace cuemu
