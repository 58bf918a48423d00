// The threads of a block as fibers, for what makes them wait for each other.
#pragma once

namespace cuemu {

enum class State { kNew, kReady, kAtBarrier, kInWarp, kDone };

// Hands the running thread's place to others until something has made it ready again.
void wait(State state);

// Makes a thread ready if it waits in a warp intrinsic.
void wakeFromWarp(unsigned index);

}  // namespace cuemu
