#include "races.h"

#include <algorithm>
#include <vector>

#include "launch.h"

namespace cuemu {

std::vector<Cell> sharedWords;

namespace {

std::vector<Cell> bytes;  // of the words that are split

unsigned warpOf(unsigned thread) { return thread / kWarp; }

bool orderedAfter(unsigned otherThread, uint64_t otherEpoch, uint32_t otherWarpEpoch) {
  if (otherEpoch != launch.epoch || otherThread == launch.thread) {
    return true;
  }
  unsigned warp = warpOf(launch.thread);
  return warpOf(otherThread) == warp && launch.warpEpochs[warp] > otherWarpEpoch;
}

bool readersOrdered(const Cell& cell) {
  if (cell.readEpoch != launch.epoch || cell.reader == launch.thread) {
    return true;
  }
  if (cell.reader == kManyWarps) {
    return false;
  }
  unsigned readerWarp = cell.reader & kManyInWarp ? cell.reader & ~kManyInWarp : warpOf(cell.reader);
  unsigned warp = warpOf(launch.thread);
  return readerWarp == warp && launch.warpEpochs[warp] > cell.readWarpEpoch;
}

void noteRead(Cell& cell) {
  unsigned warp = warpOf(launch.thread);
  uint32_t warpEpoch = launch.warpEpochs[warp];
  if (cell.readEpoch != launch.epoch) {
    cell.reader = launch.thread;
  } else if (cell.reader != launch.thread && cell.reader != kManyWarps) {
    unsigned readerWarp =
        cell.reader & kManyInWarp ? cell.reader & ~kManyInWarp : warpOf(cell.reader);
    if (readerWarp != warp) {
      cell.reader = kManyWarps;
    } else if (cell.readWarpEpoch < warpEpoch) {
      cell.reader = launch.thread;  // the earlier readers of the warp are ordered before all of it
    } else {
      cell.reader = kManyInWarp | warp;
    }
  }
  cell.readEpoch = launch.epoch;
  cell.readWarpEpoch = warpEpoch;
}

const char* touch(Cell& cell, Access access) {
  bool written = cell.writeEpoch >= launch.blockEpoch;
  if (access != Access::kWrite && !written) {
    return "reads uninitialised shared memory";
  }
  if (written && !(access == Access::kAtomic && cell.atomic) &&
      !orderedAfter(cell.writer, cell.writeEpoch, cell.writeWarpEpoch)) {
    return access == Access::kRead ? "data race: reads shared memory that another thread has written"
                                   : "data race: writes shared memory that another thread has written";
  }
  if (access == Access::kRead) {
    noteRead(cell);
    return nullptr;
  }
  if (!readersOrdered(cell)) {
    return "data race: writes shared memory that another thread has read";
  }
  cell.writeEpoch = launch.epoch;
  cell.writer = launch.thread;
  cell.writeWarpEpoch = launch.warpEpochs[warpOf(launch.thread)];
  cell.atomic = access == Access::kAtomic;
  return nullptr;
}

bool isSplit(size_t word) { return sharedWords[word].splitEpoch >= launch.blockEpoch; }

void split(size_t word) {
  std::fill_n(bytes.begin() + 4 * word, 4, sharedWords[word]);
  sharedWords[word].splitEpoch = launch.epoch;
}

}  // namespace

void openSharedShadow(size_t count) {
  size_t wordCount = (count + 3) / 4 + 1;
  if (sharedWords.size() < wordCount) {
    sharedWords.resize(wordCount);
    bytes.resize(4 * wordCount);
  }
}

const char* touchShared(size_t offset, size_t size, Access access) {
  size_t end = offset + size;
  while (offset < end) {
    size_t word = offset / 4;
    if (offset % 4 == 0 && end - offset >= 4 && !isSplit(word)) {
      if (const char* wrong = touch(sharedWords[word], access)) {
        return wrong;
      }
      offset += 4;
      continue;
    }
    if (!isSplit(word)) {
      split(word);
    }
    if (const char* wrong = touch(bytes[offset], access)) {
      return wrong;
    }
    offset++;
  }
  return nullptr;
}

const char* globalRace(uint64_t cell, unsigned mask, Access access) {
  uint64_t epoch = cell >> kEpochShift;
  unsigned writer = cell & kThreadMask;
  bool sharesBytes = (cell >> kMaskShift & mask) != 0;
  bool bothAtomic = access == Access::kAtomic && (cell & kAtomicBit) != 0;
  if (!sharesBytes || bothAtomic) {
    return nullptr;
  }
  if (epoch >= launch.blockEpoch) {
    bool ordered = epoch != launch.epoch || warpOf(writer) == warpOf(launch.thread);
    if (ordered) {
      return nullptr;
    }
    return access == Access::kRead
               ? "data race: reads global memory that another thread of the block has written"
               : "data race: writes global memory that another thread of the block has written";
  }
  if (launch.fenced) {
    return nullptr;
  }
  return access == Access::kRead
             ? "data race: reads global memory that another block of this launch has written"
             : "data race: writes global memory that another block of this launch has written";
}

}  // namespace cuemu
