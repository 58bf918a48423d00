#include "warps.h"

#include <cstdint>
#include <vector>

#include "cuda_types.h"
#include "fibers.h"
#include "launch.h"
#include "races.h"

namespace cuemu {

namespace {

// The threads of a warp that a mask names, coming together.
struct Meeting {
  unsigned mask = 0;
  unsigned arrived = 0;
  CuemuWarpOp op = CUEMU_SYNC;
  uint64_t arriving[kWarp];  // values of the threads that have come
  uint64_t values[kWarp];    // values of the last complete meeting
  unsigned members = 0;      // threads of the last complete meeting
};

struct Warp {
  std::vector<Meeting> meetings;  // one per mask in use
  unsigned exited = 0;
};

std::vector<Warp> warps;
unsigned threadCount = 0;

unsigned warpMask(unsigned warp) {
  unsigned lanes = threadCount - warp * kWarp;
  return lanes >= kWarp ? ~0u : (1u << lanes) - 1;
}

void complete(unsigned warpIndex, Meeting& meeting) {
  for (unsigned lane = 0; lane < kWarp; lane++) {
    meeting.values[lane] = meeting.arriving[lane];
    if (meeting.arrived >> lane & 1) {
      wakeFromWarp(warpIndex * kWarp + lane);
    }
  }
  meeting.members = meeting.arrived;
  meeting.arrived = 0;
  launch.warpEpochs[warpIndex]++;
}

bool isComplete(const Warp& warp, unsigned warpIndex, const Meeting& meeting) {
  unsigned expected = meeting.mask & warpMask(warpIndex) & ~warp.exited;
  return meeting.arrived != 0 && (meeting.arrived & expected) == expected;
}

Meeting& meetingFor(Warp& warp, unsigned mask) {
  for (Meeting& meeting : warp.meetings) {
    if (meeting.mask == mask) {
      return meeting;
    }
  }
  warp.meetings.emplace_back();
  warp.meetings.back().mask = mask;
  return warp.meetings.back();
}

// Brings the threads of the mask together; afterwards the values of all of them lie in the meeting.
Meeting& meet(unsigned mask, uint64_t value, CuemuWarpOp op, const void* pc) {
  unsigned w = launch.thread / kWarp;
  unsigned lane = launch.thread % kWarp;
  if ((mask >> lane & 1) == 0) {
    kernelFault(CUDA_ERROR_LAUNCH_FAILED, pc,
                "warp intrinsic called by lane %u, which its mask %#x does not name", lane, mask);
  }
  Meeting& meeting = meetingFor(warps[w], mask);
  if (meeting.arrived != 0 && meeting.op != op) {
    kernelFault(CUDA_ERROR_LAUNCH_FAILED, pc,
                "divergent warp: its threads call different warp intrinsics with mask %#x", mask);
  }
  meeting.op = op;
  meeting.arriving[lane] = value;
  meeting.arrived |= 1u << lane;
  if (isComplete(warps[w], w, meeting)) {
    complete(w, meeting);
    return meeting;
  }
  wait(State::kInWarp);
  return meetingFor(warps[w], mask);  // the list may have grown meanwhile
}

}  // namespace

void openWarps(unsigned threads) {
  threadCount = threads;
  warps.resize((threads + kWarp - 1) / kWarp);
  for (Warp& warp : warps) {
    warp.meetings.clear();
    warp.exited = 0;
  }
}

void leaveWarp(unsigned index) {
  unsigned w = index / kWarp;
  warps[w].exited |= 1u << index % kWarp;
  for (Meeting& meeting : warps[w].meetings) {
    if (isComplete(warps[w], w, meeting)) {
      complete(w, meeting);
    }
  }
}

}  // namespace cuemu

// ---- What the intrinsics of device.h call.

using cuemu::launch;

CUEMU_EXPORT void cuemu_syncwarp(unsigned mask) {
  cuemu::meet(mask, 0, CUEMU_SYNC, __builtin_return_address(0));
}

CUEMU_EXPORT unsigned long cuemu_shuffle(unsigned mask, unsigned long value, int source) {
  const cuemu::Meeting& meeting =
      cuemu::meet(mask, value, CUEMU_SHUFFLE, __builtin_return_address(0));
  // The value of a thread that takes no part is undefined: all ones, a NaN for float, shows.
  return meeting.members >> source & 1 ? meeting.values[source] : ~0ul;
}

CUEMU_EXPORT unsigned cuemu_ballot(unsigned mask, int predicate) {
  const cuemu::Meeting& meeting =
      cuemu::meet(mask, predicate != 0, CUEMU_BALLOT, __builtin_return_address(0));
  unsigned votes = 0;
  for (unsigned lane = 0; lane < 32; lane++) {
    votes |= unsigned(meeting.members >> lane & 1 && meeting.values[lane] != 0) << lane;
  }
  return votes;
}

CUEMU_EXPORT unsigned cuemu_activemask() {
  unsigned w = launch.thread / 32;
  return cuemu::warpMask(w) & ~cuemu::warps[w].exited;
}
