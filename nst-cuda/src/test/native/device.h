// CUDA C's built-in names for kernels that g++ compiles, the part of them that NVRTC offers without
// any header. Included before every translated kernel source, see nvrtc.cpp; no standard headers,
// so that a kernel that would need one on the device does not compile here either.
#pragma once

#include "kernel_abi.h"

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;

// ---- What the emulation does for the functions below; they live in its libcuda.so.1.
extern "C" {
int cuemu_barrier(int vote);
void cuemu_syncwarp(unsigned mask);
unsigned long cuemu_shuffle(unsigned mask, unsigned long value, int source);
unsigned cuemu_ballot(unsigned mask, int predicate);
unsigned cuemu_activemask();
void cuemu_fence();
void cuemu_trap(const char* what) __attribute__((noreturn));
void cuemu_atomic1(void*);
void cuemu_atomic2(void*);
void cuemu_atomic4(void*);
void cuemu_atomic8(void*);
int printf(const char*, ...);
void* __tsan_memcpy(void*, const void*, unsigned long);
void* __tsan_memset(void*, int, unsigned long);
}

#define CUEMU_INLINE static inline __attribute__((always_inline))
// Not looked at by the access checks: they would see the emulation's own data.
#define CUEMU_UNCHECKED __attribute__((noinline, no_sanitize("thread", "undefined")))

// ---- Keywords. __shared__ is replaced by the translator, which knows whose it is.
#define __global__ __attribute__((noinline))
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __grid_constant__

// ---- Vector types, aligned as on the device.
#define CUEMU_VECTORS(T, NAME)                                                             \
  struct NAME##1 { T x; };                                                                 \
  struct __attribute__((aligned(2 * sizeof(T)))) NAME##2 { T x, y; };                      \
  struct NAME##3 { T x, y, z; };                                                           \
  struct __attribute__((aligned(sizeof(T) > 4 ? 16 : 4 * sizeof(T)))) NAME##4 { T x, y, z, w; }; \
  CUEMU_INLINE NAME##1 make_##NAME##1(T x) { return {x}; }                                 \
  CUEMU_INLINE NAME##2 make_##NAME##2(T x, T y) { return {x, y}; }                         \
  CUEMU_INLINE NAME##3 make_##NAME##3(T x, T y, T z) { return {x, y, z}; }                 \
  CUEMU_INLINE NAME##4 make_##NAME##4(T x, T y, T z, T w) { return {x, y, z, w}; }
CUEMU_VECTORS(signed char, char)
CUEMU_VECTORS(unsigned char, uchar)
CUEMU_VECTORS(short, short)
CUEMU_VECTORS(unsigned short, ushort)
CUEMU_VECTORS(int, int)
CUEMU_VECTORS(unsigned, uint)
CUEMU_VECTORS(long, long)
CUEMU_VECTORS(unsigned long, ulong)
CUEMU_VECTORS(long long, longlong)
CUEMU_VECTORS(unsigned long long, ulonglong)
CUEMU_VECTORS(float, float)
CUEMU_VECTORS(double, double)

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

// ---- Where the thread is. Read in assembler, which the access checks do not see: it is no memory
// on the device.
static CuemuThread cuemu_at;

CUEMU_INLINE unsigned cuemu_read(const unsigned& field) {
  unsigned value;
  asm("movl %1,%0" : "=r"(value) : "m"(field));
  return value;
}
CUEMU_INLINE uint3 cuemu_index(const CuemuIndex& i) {
  return {cuemu_read(i.x), cuemu_read(i.y), cuemu_read(i.z)};
}
CUEMU_INLINE unsigned cuemu_lane() { return cuemu_read(cuemu_at.linear) & 31; }
CUEMU_INLINE void* cuemu_dynamic_shared() {
  void* value;
  asm("movq %1,%0" : "=r"(value) : "m"(cuemu_at.dynamicShared));
  return value;
}
#define threadIdx (cuemu_index(cuemu_at.thread))
#define blockIdx (cuemu_index(cuemu_at.block))
#define blockDim (cuemu_index(cuemu_at.blockSize))
#define gridDim (cuemu_index(cuemu_at.gridSize))
#define warpSize 32

// `extern __shared__ T name[];` outside a function.
template <class T>
struct CuemuDynamicShared {
  CUEMU_INLINE T* get() { return static_cast<T*>(cuemu_dynamic_shared()); }
  __attribute__((always_inline)) operator T*() const { return get(); }
};

// ---- Synchronisation.
CUEMU_INLINE void __syncthreads() {
  cuemu_barrier(0);
  asm volatile("" ::: "memory");
}
CUEMU_INLINE int __syncthreads_count(int p) { return cuemu_barrier(p != 0); }
CUEMU_INLINE int __syncthreads_or(int p) { return cuemu_barrier(p != 0) != 0; }
CUEMU_INLINE int __syncthreads_and(int p) { return cuemu_barrier(p == 0) == 0; }
CUEMU_INLINE void __syncwarp(unsigned mask = 0xffffffffu) {
  cuemu_syncwarp(mask);
  asm volatile("" ::: "memory");
}
CUEMU_INLINE void __threadfence() { cuemu_fence(); }
CUEMU_INLINE void __threadfence_system() { cuemu_fence(); }
CUEMU_INLINE void __threadfence_block() { asm volatile("" ::: "memory"); }

// ---- Warp intrinsics.
template <class T>
CUEMU_INLINE T cuemu_exchange(unsigned mask, T value, int source) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
  unsigned long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof value);
  bits = cuemu_shuffle(mask, bits, source);
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}
template <class T>
CUEMU_INLINE T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
  int lane = cuemu_lane();
  return cuemu_exchange(mask, value, (lane & ~(width - 1)) | (source & (width - 1)));
}
template <class T>
CUEMU_INLINE T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  int lane = cuemu_lane();
  bool inside = (lane & (width - 1)) + int(delta) < width;
  return cuemu_exchange(mask, value, inside ? lane + int(delta) : lane);
}
template <class T>
CUEMU_INLINE T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  int lane = cuemu_lane();
  bool inside = (lane & (width - 1)) >= int(delta);
  return cuemu_exchange(mask, value, inside ? lane - int(delta) : lane);
}
template <class T>
CUEMU_INLINE T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32) {
  int lane = cuemu_lane(), other = lane ^ lanes;
  bool inside = (other & ~(width - 1)) <= (lane & ~(width - 1));
  return cuemu_exchange(mask, value, inside ? other : lane);
}
CUEMU_INLINE unsigned __ballot_sync(unsigned mask, int p) { return cuemu_ballot(mask, p); }
CUEMU_INLINE int __any_sync(unsigned mask, int p) { return cuemu_ballot(mask, p) != 0; }
CUEMU_INLINE int __all_sync(unsigned mask, int p) { return cuemu_ballot(mask, p == 0) == 0; }
CUEMU_INLINE unsigned __activemask() { return cuemu_activemask(); }

// ---- Atomics: no thread is interrupted, so a plain update is one. The check is told that it is.
template <class T>
CUEMU_INLINE void cuemu_atomic(T* p) {
  if (sizeof(T) == 2) cuemu_atomic2((void*)p);
  if (sizeof(T) == 4) cuemu_atomic4((void*)p);
  if (sizeof(T) == 8) cuemu_atomic8((void*)p);
}
#define CUEMU_ATOMIC(NAME, UPDATED)                  \
  template <class T, class U>                        \
  static CUEMU_UNCHECKED T NAME(T* p, U operand) {   \
    cuemu_atomic(p);                                 \
    T old = *p;                                      \
    T value = (T)operand;                            \
    *p = (T)(UPDATED);                               \
    return old;                                      \
  }
CUEMU_ATOMIC(atomicAdd, old + value)
CUEMU_ATOMIC(atomicSub, old - value)
CUEMU_ATOMIC(atomicMax, value > old ? value : old)
CUEMU_ATOMIC(atomicMin, value < old ? value : old)
CUEMU_ATOMIC(atomicExch, value)
CUEMU_ATOMIC(atomicAnd, old & value)
CUEMU_ATOMIC(atomicOr, old | value)
CUEMU_ATOMIC(atomicXor, old ^ value)
CUEMU_ATOMIC(atomicInc, old >= value ? T(0) : T(old + 1))
CUEMU_ATOMIC(atomicDec, old == 0 || old > value ? value : T(old - 1))
template <class T, class U, class V>
static CUEMU_UNCHECKED T atomicCAS(T* p, U compare, V value) {
  cuemu_atomic(p);
  T old = *p;
  if (old == (T)compare) *p = (T)value;
  return old;
}
#define atomicAdd_block atomicAdd
#define atomicAdd_system atomicAdd

// ---- Memory.
#define memcpy __tsan_memcpy
#define memset __tsan_memset
template <class T> CUEMU_INLINE T __ldg(const T* p) { return *p; }
template <class T> CUEMU_INLINE T __ldca(const T* p) { return *p; }
template <class T> CUEMU_INLINE T __ldcg(const T* p) { return *p; }
template <class T> CUEMU_INLINE T __ldcs(const T* p) { return *p; }
template <class T> CUEMU_INLINE void __stcg(T* p, T value) { *p = value; }
template <class T> CUEMU_INLINE void __stcs(T* p, T value) { *p = value; }
template <class T> CUEMU_INLINE void __stwt(T* p, T value) { *p = value; }

CUEMU_INLINE void __trap() { cuemu_trap("__trap() was called"); }
#define assert(condition) \
  ((condition) ? (void)0 : cuemu_trap("assertion failed: " #condition))
CUEMU_INLINE void __nanosleep(unsigned) {}
CUEMU_INLINE long long clock64() { return (long long)__builtin_ia32_rdtsc(); }
#define __builtin_assume(condition) ((void)0)

#include "device_math.h"
