// Runs the threads of a block: each is a fiber, switched only where it must wait for others.
//
// Threads are started in order on one stack. One that ends hands its stack to the next, so that a
// kernel without barriers or warp intrinsics costs no switch at all.
#include <sys/mman.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cuda_types.h"
#include "launch.h"
#include "races.h"

#ifndef __x86_64__
#error "the emulated CUDA device switches its threads in x86-64 assembler: build it on x86-64"
#endif

// Saves the callee-saved registers on the running stack, its top in *save, and goes on where `load`
// was saved. Floating-point control words are left as they are: kernels do not change them.
extern "C" void cuemu_switch(void** save, void* load);
asm(R"(
.text
.hidden cuemu_switch
.globl cuemu_switch
.type cuemu_switch,@function
cuemu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cuemu_switch,.-cuemu_switch
)");

namespace cuemu {

Launch launch;

namespace {

constexpr size_t kStackBytes = 256 << 10;
constexpr size_t kGuardBytes = 4096;

enum class State { kNew, kReady, kAtBarrier, kInWarp, kDone };

struct Fiber {
  State state = State::kNew;
  char* stack = nullptr;
  void* top = nullptr;  // where it was switched away from
};

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
  unsigned waiting = 0;  // its threads that had to wait for others and have not ended yet
};

std::vector<Fiber> fibers;
std::vector<Warp> warps;
std::vector<char*> freeStacks;
void* schedulerTop = nullptr;
unsigned threadCount = 0;
unsigned aliveCount = 0;
unsigned atBarrier = 0;
int barrierVotes = 0;
int barrierResult = 0;
uint64_t lastEpoch = 0;

unsigned warpMask(unsigned warp) {
  unsigned lanes = threadCount - warp * kWarp;
  return lanes >= kWarp ? ~0u : (1u << lanes) - 1;
}

char* takeStack() {
  if (freeStacks.empty()) {
    void* at = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
      perror("cuemu: stack of a kernel's thread");
      abort();
    }
    mprotect(at, kGuardBytes, PROT_NONE);
    return static_cast<char*>(at);
  }
  char* stack = freeStacks.back();
  freeStacks.pop_back();
  return stack;
}

void newEpoch() {
  launch.epoch = ++lastEpoch;
  launch.warpEpochs.assign(warps.size(), 0);
}

// Makes a thread the running one as far as the kernel and the access checks can see.
void enter(unsigned index) {
  const CuemuIndex& size = launch.at->blockSize;
  launch.thread = index;
  launch.stamp = launch.epoch << kEpochShift | index;
  launch.at->linear = index;
  launch.at->thread = {index % size.x, index / size.x % size.y, index / (size.x * size.y)};
  launch.stack = {reinterpret_cast<uintptr_t>(fibers[index].stack), kStackBytes};
}

void toScheduler() { cuemu_switch(&fibers[launch.thread].top, schedulerTop); }

void complete(unsigned warpIndex, Meeting& meeting) {
  for (unsigned lane = 0; lane < kWarp; lane++) {
    meeting.values[lane] = meeting.arriving[lane];
    Fiber* f = meeting.arrived >> lane & 1 ? &fibers[warpIndex * kWarp + lane] : nullptr;
    if (f != nullptr && f->state == State::kInWarp) {
      f->state = State::kReady;
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

// A thread has ended: those that waited for it, as the mask named it, need not any more.
void leave(unsigned index) {
  fibers[index].state = State::kDone;
  aliveCount--;
  unsigned w = index / kWarp;
  warps[w].exited |= 1u << index % kWarp;
  for (Meeting& meeting : warps[w].meetings) {
    if (isComplete(warps[w], w, meeting)) {
      complete(w, meeting);
    }
  }
}

bool canStartNext(unsigned index) {
  unsigned next = index + 1;
  bool sameWarp = next % kWarp != 0;
  return next < threadCount && fibers[next].state == State::kNew &&
         (sameWarp || warps[index / kWarp].waiting == 0);
}

// The bottom of every fiber's stack.
void runThreads() {
  for (;;) {
    launch.kernel->call(launch.parameters);
    unsigned index = launch.thread;
    bool next = canStartNext(index);
    warps[index / kWarp].waiting -= fibers[index].top != nullptr;
    leave(index);
    if (next) {
      fibers[index + 1].stack = fibers[index].stack;
      fibers[index].stack = nullptr;
      fibers[index + 1].state = State::kReady;
      enter(index + 1);
    } else {
      toScheduler();
    }
  }
}

// Hands the running thread's place to the scheduler until another has made it ready.
void wait(State state) {
  Fiber& f = fibers[launch.thread];
  if (f.top == nullptr) {
    warps[launch.thread / kWarp].waiting++;
  }
  f.state = state;
  toScheduler();
}

void start(Fiber& f) {
  f.stack = takeStack();
  void** top = reinterpret_cast<void**>(f.stack + kStackBytes);
  *--top = nullptr;  // runThreads never returns; keeps the stack aligned as after a call
  *--top = reinterpret_cast<void*>(runThreads);
  top -= 6;  // the registers that cuemu_switch restores
  for (int i = 0; i < 6; i++) {
    top[i] = nullptr;
  }
  f.top = top;
}

void resume(unsigned index) {
  Fiber& f = fibers[index];
  void* top = f.top;
  if (f.state == State::kNew) {
    start(f);
    top = f.top;
    f.top = nullptr;
  }
  f.state = State::kReady;
  enter(index);
  cuemu_switch(&schedulerTop, top);
  Fiber& last = fibers[launch.thread];  // not always the one that was resumed
  if (last.state == State::kDone && last.stack != nullptr) {
    freeStacks.push_back(last.stack);
    last.stack = nullptr;
  }
}

void releaseStacks() {
  for (Fiber& f : fibers) {
    if (f.stack != nullptr) {
      freeStacks.push_back(f.stack);
      f.stack = nullptr;
    }
  }
}

void prepareBlock() {
  fibers.assign(threadCount, Fiber());
  for (Warp& warp : warps) {
    warp.meetings.clear();
    warp.exited = 0;
    warp.waiting = 0;
  }
  aliveCount = threadCount;
  atBarrier = 0;
  barrierVotes = 0;
  newEpoch();
  launch.blockEpoch = launch.epoch;
}

void openBarrier() {
  if (aliveCount < threadCount) {
    launch.error = CUDA_ERROR_LAUNCH_FAILED;
    snprintf(launch.message, sizeof launch.message,
             "divergent barrier: %u of the block's %u threads wait in __syncthreads, the others have"
             " left the kernel",
             atBarrier, threadCount);
    return;
  }
  barrierResult = barrierVotes;
  barrierVotes = 0;
  atBarrier = 0;
  newEpoch();
  for (Fiber& f : fibers) {
    f.state = f.state == State::kAtBarrier ? State::kReady : f.state;
  }
}

// Runs each warp as far as it comes, in order, until all have ended or none can go on.
void runBlock() {
  prepareBlock();
  while (aliveCount > 0 && launch.error == 0) {
    bool progress = false;
    for (unsigned w = 0; w < warps.size() && launch.error == 0; w++) {
      unsigned end = (w + 1) * kWarp < threadCount ? (w + 1) * kWarp : threadCount;
      for (bool again = true; again && launch.error == 0;) {
        again = false;
        for (unsigned i = w * kWarp; i < end && launch.error == 0; i++) {
          if (fibers[i].state == State::kNew || fibers[i].state == State::kReady) {
            resume(i);
            again = progress = true;
          }
        }
      }
    }
    if (launch.error == 0 && aliveCount > 0 && atBarrier == aliveCount) {
      openBarrier();
      progress = true;
    }
    if (!progress) {
      launch.error = CUDA_ERROR_LAUNCH_FAILED;
      snprintf(launch.message, sizeof launch.message,
               "divergent barrier: %u of the block's %u threads wait in __syncthreads, %u in a warp"
               " intrinsic whose mask names threads that do not come, %u have left the kernel",
               atBarrier, threadCount, aliveCount - atBarrier, threadCount - aliveCount);
    }
  }
  releaseStacks();
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

void kernelFault(int code, const void* instruction, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(launch.message, sizeof launch.message, format, arguments);
  va_end(arguments);
  launch.error = code;
  launch.faultAt = instruction;
  toScheduler();
  abort();  // never resumed
}

int runGrid() {
  const CuemuIndex size = launch.at->blockSize;
  const CuemuIndex grid = launch.at->gridSize;
  threadCount = size.x * size.y * size.z;
  warps.resize((threadCount + kWarp - 1) / kWarp);
  openSharedShadow(launch.shared.staticBytes + launch.shared.dynamicBytes);
  launch.error = 0;
  launch.faultAt = nullptr;
  launch.fenced = false;
  launch.launchEpoch = lastEpoch + 1;
  launch.running = true;
  for (unsigned z = 0; z < grid.z && launch.error == 0; z++) {
    for (unsigned y = 0; y < grid.y && launch.error == 0; y++) {
      for (unsigned x = 0; x < grid.x && launch.error == 0; x++) {
        launch.at->block = {x, y, z};
        runBlock();
      }
    }
  }
  launch.running = false;
  return launch.error;
}

}  // namespace cuemu

// ---- What the intrinsics of device.h call.

using cuemu::launch;

CUEMU_EXPORT int cuemu_barrier(int vote) {
  cuemu::barrierVotes += vote;
  cuemu::atBarrier++;
  cuemu::wait(cuemu::State::kAtBarrier);
  return cuemu::barrierResult;
}

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

CUEMU_EXPORT void cuemu_fence() { launch.fenced = true; }

CUEMU_EXPORT void cuemu_trap(const char* what) {
  cuemu::kernelFault(CUDA_ERROR_ASSERT, __builtin_return_address(0), "%s", what);
}
