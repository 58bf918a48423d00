// The threads of a warp coming together: __syncwarp, shuffles and votes.
#pragma once

namespace cuemu {

// Begins a block of so many threads.
void openWarps(unsigned threads);

// A thread has ended: those that waited for it, as the mask named it, need not any more.
void leaveWarp(unsigned index);

}  // namespace cuemu
