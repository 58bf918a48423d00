// What a compiled kernel library and libcuda.so.1 of the emulation say to each other. Plain
// structures only: device.h includes this into code that has no standard headers.
#pragma once

struct CuemuIndex {
  unsigned x, y, z;
};

// Where the running thread is; one per kernel library, set by the scheduler before a thread runs.
struct CuemuThread {
  CuemuIndex thread, block, blockSize, gridSize;
  unsigned linear;        // of the thread in its block
  char* dynamicShared;
};

// What the warp intrinsics do once all their threads have come.
enum CuemuWarpOp { CUEMU_SYNC, CUEMU_SHUFFLE, CUEMU_BALLOT };

struct CuemuParameters {
  int count;
  const unsigned long* sizes;
};

struct CuemuKernel {
  const char* name;
  void (*call)(void** parameters);
  CuemuParameters parameters;
  int maxThreads;  // of __launch_bounds__, or 1024
};

// A __constant__ or __device__ variable.
struct CuemuVariable {
  const char* name;
  void* address;
  unsigned long bytes;
  bool isConstant;
};

struct CuemuLibrary {
  CuemuThread* thread;
  const CuemuKernel* kernels;
  int kernelCount;
  const CuemuVariable* variables;
  int variableCount;
  char *sharedBegin, *sharedEnd;     // static shared memory of all kernels
  // Shared memory of templates lies among the ordinary variables: compilers ignore the section there.
  bool sharedAmongVariables;
  const unsigned long* sharedSizes;  // of each kernel's static shared memory, in bytes
};
