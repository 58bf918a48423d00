// Number formats and helpers that every kernel uses. Compiled in front of the kernels, which name
// their element type T (float, half_t or bfloat_t) and include no CUDA headers: a machine with only
// the driver and NVRTC has none.

typedef long long index_t;

// IEEE binary16 and bfloat16 as they lie in memory.
struct half_t { unsigned short bits; };
struct bfloat_t { unsigned short bits; };

static __device__ __forceinline__ float as_float(unsigned int bits) { return __uint_as_float(bits); }

static __device__ __forceinline__ float to_float(float x) { return x; }

static __device__ __forceinline__ float to_float(bfloat_t x) {
  return as_float((unsigned int)x.bits << 16);
}

static __device__ __forceinline__ float to_float(half_t x) {
#ifndef NST_PLAIN
  float result;
  asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(x.bits));
  return result;
#else
  unsigned int sign = (unsigned int)(x.bits & 0x8000) << 16;
  unsigned int magnitude = x.bits & 0x7fff;
  if (magnitude >= 0x7c00) {  // infinity and NaN
    return as_float(sign | 0x7f800000u | (magnitude & 0x3ff) << 13);
  }
  if (magnitude < 0x400) {  // zero and subnormals, in units of 2^-24
    float value = (float)magnitude * 5.9604644775390625e-8f;
    return sign ? -value : value;
  }
  return as_float(sign | ((magnitude << 13) + 0x38000000u));
#endif
}

// Rounds to nearest, ties to even.
static __device__ __forceinline__ void from_float(float* y, float x) { *y = x; }

static __device__ __forceinline__ void from_float(bfloat_t* y, float x) {
#if !defined(NST_PLAIN) && __CUDA_ARCH__ >= 800
  unsigned short bits;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  y->bits = bits;
#else
  unsigned int bits = __float_as_uint(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    y->bits = (unsigned short)(bits >> 16 | 0x40);  // stays a NaN, quiet
  } else {
    y->bits = (unsigned short)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
  }
#endif
}

static __device__ __forceinline__ void from_float(half_t* y, float x) {
#ifndef NST_PLAIN
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  y->bits = bits;
#else
  unsigned int bits = __float_as_uint(x);
  unsigned int sign = bits >> 16 & 0x8000;
  unsigned int magnitude = bits & 0x7fffffffu;
  unsigned int result;
  if (magnitude > 0x7f800000u) {
    result = 0x7e00;
  } else if (magnitude >= 0x477ff000u) {  // 65520 and more round to infinity
    result = 0x7c00;
  } else if (magnitude < 0x38800000u) {  // subnormal: units of 2^-24, rounded by the addition
    float shifted = __uint_as_float(magnitude) + 0.5f;
    result = __float_as_uint(shifted) - 0x3f000000u;
  } else {
    result = (magnitude - 0x38000000u + 0xfffu + (magnitude >> 13 & 1)) >> 13;
  }
  y->bits = (unsigned short)(sign | result);
#endif
}

// Sixteen bytes, read and written at once. Tensors start at multiples of 256 bytes.
template <class E>
struct alignas(16) Pack {
  static const int SIZE = 16 / sizeof(E);
  E at[SIZE];
};

template <class E>
static __device__ __forceinline__ Pack<E> load_pack(const E* from, index_t pack) {
  return ((const Pack<E>*)from)[pack];
}

template <class E>
static __device__ __forceinline__ void store_pack(E* to, index_t pack, const Pack<E>& value) {
  ((Pack<E>*)to)[pack] = value;
}

// Grid-stride loops: any grid covers any number of elements.
static __device__ __forceinline__ index_t first_index() {
  return (index_t)blockIdx.x * blockDim.x + threadIdx.x;
}

static __device__ __forceinline__ index_t index_stride() {
  return (index_t)gridDim.x * blockDim.x;
}

// Runs `pack_body` for whole packs (index p) and `single_body` for the elements that are left
// (index i).
#define FOR_EACH_PACK(n, p, pack_body, i, single_body)                              \
  {                                                                                 \
    const index_t packs_ = (n) / Pack<T>::SIZE;                                     \
    for (index_t p = first_index(); p < packs_; p += index_stride()) pack_body      \
    for (index_t i = packs_ * Pack<T>::SIZE + first_index(); i < (n);               \
         i += index_stride()) single_body                                           \
  }

// Sums one value of each thread of a block of SUM_THREADS threads; thread 0 has the result. The order
// is fixed, so that the same numbers always give the same sum.
static __device__ __forceinline__ double block_sum(double value) {
  __shared__ double warps[SUM_THREADS / 32];
  for (int distance = 16; distance > 0; distance /= 2) {
    value += __shfl_down_sync(0xffffffffu, value, distance);
  }
  if (threadIdx.x % 32 == 0) {
    warps[threadIdx.x / 32] = value;
  }
  __syncthreads();
  double sum = 0;
  if (threadIdx.x == 0) {
    for (int warp = 0; warp < SUM_THREADS / 32; warp++) {
      sum += warps[warp];
    }
  }
  return sum;
}
