// What libcuda.so.1 of the emulation offers to its neighbours, the emulated cuBLAS and cuDNN.
// Device memory is ordinary host memory behind the checks below, so a library computes on it
// directly, inside the function that it submits.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CUstream_st* CUstream;

// Runs work in stream order, or records it when the stream captures. fn returns a CUresult.
// destroy may be null; it is called once with arg when the work can never run again.
int cuemu_submit(CUstream stream, const char* what, int (*fn)(void*), void* arg,
                 void (*destroy)(void*));

// Range checks, called from inside fn: whole range inside one live allocation (use after free,
// overrun), and for read: every byte initialised. 0 or a CUresult; prints one line that says what,
// which range, which fault.
int cuemu_check_read(const void* device, size_t bytes, const char* what);
// As above; marks the bytes initialised.
int cuemu_check_write(const void* device, size_t bytes, const char* what);
// Lives and fits; no initialisation asked or marked.
int cuemu_check_range(const void* device, size_t bytes, const char* what);

// Whether the address lies in live device memory; says nothing and no injected fault hits it.
int cuemu_is_device(const void* address);

int cuemu_is_capturing(CUstream stream);
int cuemu_compute_capability(void);  // 10*major + minor

// Makes the context's error sticky, as an illegal access does, and prints message to stderr.
void cuemu_fault(int cuResult, const char* message);

// A status to return instead of doing the call (fault injection, see EmulatedDevice), or 0.
int cuemu_inject(const char* call);

#ifdef __cplusplus
}
#endif
