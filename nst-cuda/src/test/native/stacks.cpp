#include "stacks.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#ifndef __x86_64__
#error "the emulated CUDA device switches its threads in x86-64 assembler: build it on x86-64"
#endif

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

namespace {

constexpr size_t kGuardBytes = 4096;

std::vector<char*> freeStacks;

}  // namespace

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

void giveBack(char* stack) { freeStacks.push_back(stack); }

void* firstTop(char* stack, void (*entry)()) {
  void** top = reinterpret_cast<void**>(stack + kStackBytes);
  *--top = nullptr;  // entry never returns; keeps the stack aligned as after a call
  *--top = reinterpret_cast<void*>(entry);
  top -= 6;  // the registers that cuemu_switch restores
  for (int i = 0; i < 6; i++) {
    top[i] = nullptr;
  }
  return top;
}

}  // namespace cuemu
