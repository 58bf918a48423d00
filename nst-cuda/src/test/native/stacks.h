// The stacks of fibers, and how to go from one to another.
#pragma once

#include <cstddef>

// Saves the callee-saved registers on the running stack, its top in *save, and goes on where `load`
// was saved. Floating-point control words are left as they are: kernels do not change them.
extern "C" void cuemu_switch(void** save, void* load);

namespace cuemu {

constexpr size_t kStackBytes = 256 << 10;

// Returns a stack, from its lowest address on; below what is used of it lies a guard page.
char* takeStack();
void giveBack(char* stack);

// Prepares a stack so that switching to what is returned calls `entry`, which must never return.
void* firstTop(char* stack, void (*entry)());

}  // namespace cuemu
