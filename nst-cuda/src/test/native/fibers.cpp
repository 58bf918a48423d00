// Runs the threads of a block: each is a fiber, switched only where it must wait for others.
//
// Threads are started in order on one stack. One that ends hands its stack to the next, so that a
// kernel without barriers or warp intrinsics costs no switch at all.
#include "fibers.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cuda_types.h"
#include "launch.h"
#include "races.h"
#include "stacks.h"
#include "warps.h"

namespace cuemu {

Launch launch;

namespace {

struct Fiber {
  State state = State::kNew;
  char* stack = nullptr;
  void* top = nullptr;  // where it was switched away from
};

std::vector<Fiber> fibers;
std::vector<unsigned> waiting;  // per warp: threads that had to wait and have not ended yet
void* schedulerTop = nullptr;
unsigned threadCount = 0;
unsigned aliveCount = 0;
unsigned atBarrier = 0;
int barrierVotes = 0;
int barrierResult = 0;
uint64_t lastEpoch = 0;

void newEpoch() {
  launch.epoch = ++lastEpoch;
  launch.warpEpochs.assign(waiting.size(), 0);
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

void leave(unsigned index) {
  fibers[index].state = State::kDone;
  aliveCount--;
  leaveWarp(index);
}

bool canStartNext(unsigned index) {
  unsigned next = index + 1;
  bool sameWarp = next % kWarp != 0;
  return next < threadCount && fibers[next].state == State::kNew &&
         (sameWarp || waiting[index / kWarp] == 0);
}

// The bottom of every fiber's stack.
void runThreads() {
  for (;;) {
    launch.kernel->call(launch.parameters);
    unsigned index = launch.thread;
    bool next = canStartNext(index);
    waiting[index / kWarp] -= fibers[index].top != nullptr;
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

void resume(unsigned index) {
  Fiber& f = fibers[index];
  void* top = f.top;
  if (f.state == State::kNew) {
    f.stack = takeStack();
    top = firstTop(f.stack, runThreads);
  }
  f.state = State::kReady;
  enter(index);
  cuemu_switch(&schedulerTop, top);
  Fiber& last = fibers[launch.thread];  // not always the one that was resumed
  if (last.state == State::kDone && last.stack != nullptr) {
    giveBack(last.stack);
    last.stack = nullptr;
  }
}

void releaseStacks() {
  for (Fiber& f : fibers) {
    if (f.stack != nullptr) {
      giveBack(f.stack);
      f.stack = nullptr;
    }
  }
}

void prepareBlock() {
  fibers.assign(threadCount, Fiber());
  waiting.assign((threadCount + kWarp - 1) / kWarp, 0);
  openWarps(threadCount);
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
    for (unsigned w = 0; w < waiting.size() && launch.error == 0; w++) {
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

}  // namespace

void wait(State state) {
  Fiber& f = fibers[launch.thread];
  if (f.top == nullptr) {
    waiting[launch.thread / kWarp]++;
  }
  f.state = state;
  toScheduler();
}

void wakeFromWarp(unsigned index) {
  if (fibers[index].state == State::kInWarp) {
    fibers[index].state = State::kReady;
  }
}

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

CUEMU_EXPORT void cuemu_fence() { launch.fenced = true; }

CUEMU_EXPORT void cuemu_trap(const char* what) {
  cuemu::kernelFault(CUDA_ERROR_ASSERT, __builtin_return_address(0), "%s", what);
}
