// Mathematical functions of CUDA C, for device.h.
#pragma once

#define CUEMU_MATH1(NAME)                                                   \
  extern "C" float NAME##f(float) noexcept;                                 \
  extern "C" double NAME(double) noexcept;                                  \
  CUEMU_INLINE float NAME(float x) { return __builtin_##NAME##f(x); }
#define CUEMU_MATH2(NAME)                                                   \
  extern "C" float NAME##f(float, float) noexcept;                          \
  extern "C" double NAME(double, double) noexcept;                          \
  CUEMU_INLINE float NAME(float x, float y) { return __builtin_##NAME##f(x, y); }
CUEMU_MATH1(sqrt) CUEMU_MATH1(cbrt) CUEMU_MATH1(exp) CUEMU_MATH1(exp2) CUEMU_MATH1(expm1)
CUEMU_MATH1(log) CUEMU_MATH1(log2) CUEMU_MATH1(log10) CUEMU_MATH1(log1p)
CUEMU_MATH1(sin) CUEMU_MATH1(cos) CUEMU_MATH1(tan) CUEMU_MATH1(asin) CUEMU_MATH1(acos)
CUEMU_MATH1(atan) CUEMU_MATH1(sinh) CUEMU_MATH1(cosh) CUEMU_MATH1(tanh) CUEMU_MATH1(erf)
CUEMU_MATH1(erfc) CUEMU_MATH1(floor) CUEMU_MATH1(ceil) CUEMU_MATH1(round) CUEMU_MATH1(rint)
CUEMU_MATH1(nearbyint) CUEMU_MATH1(trunc) CUEMU_MATH1(fabs)
CUEMU_MATH2(pow) CUEMU_MATH2(fmod) CUEMU_MATH2(fmin) CUEMU_MATH2(fmax) CUEMU_MATH2(copysign)
CUEMU_MATH2(hypot) CUEMU_MATH2(atan2)
extern "C" float fmaf(float, float, float) noexcept;
extern "C" double fma(double, double, double) noexcept;
extern "C" float ldexpf(float, int) noexcept;
extern "C" double ldexp(double, int) noexcept;
extern "C" int abs(int) noexcept;
CUEMU_INLINE float fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
CUEMU_INLINE float ldexp(float x, int e) { return __builtin_ldexpf(x, e); }
CUEMU_INLINE float abs(float x) { return __builtin_fabsf(x); }
CUEMU_INLINE double abs(double x) { return __builtin_fabs(x); }
CUEMU_INLINE long long abs(long long x) { return x < 0 ? -x : x; }
CUEMU_INLINE float rsqrtf(float x) { return 1.0f / __builtin_sqrtf(x); }
CUEMU_INLINE double rsqrt(double x) { return 1.0 / __builtin_sqrt(x); }
CUEMU_INLINE float exp10f(float x) { return __builtin_powf(10.0f, x); }
CUEMU_INLINE float fdividef(float x, float y) { return x / y; }
CUEMU_INLINE void sincosf(float x, float* s, float* c) {
  *s = __builtin_sinf(x);
  *c = __builtin_cosf(x);
}
CUEMU_INLINE bool isnan(float x) { return __builtin_isnan(x); }
CUEMU_INLINE bool isnan(double x) { return __builtin_isnan(x); }
CUEMU_INLINE bool isinf(float x) { return __builtin_isinf(x); }
CUEMU_INLINE bool isinf(double x) { return __builtin_isinf(x); }
CUEMU_INLINE bool isfinite(float x) { return __builtin_isfinite(x); }
CUEMU_INLINE bool isfinite(double x) { return __builtin_isfinite(x); }
CUEMU_INLINE bool signbit(float x) { return __builtin_signbit(x); }

template <class A, class B>
CUEMU_INLINE auto min(A a, B b) -> decltype(a + b) { return a < b ? a : b; }
template <class A, class B>
CUEMU_INLINE auto max(A a, B b) -> decltype(a + b) { return a > b ? a : b; }
CUEMU_INLINE float min(float a, float b) { return __builtin_fminf(a, b); }
CUEMU_INLINE float max(float a, float b) { return __builtin_fmaxf(a, b); }
CUEMU_INLINE double min(double a, double b) { return __builtin_fmin(a, b); }
CUEMU_INLINE double max(double a, double b) { return __builtin_fmax(a, b); }

// The fast ones, whose last bits differ on the device.
CUEMU_INLINE float __expf(float x) { return __builtin_expf(x); }
CUEMU_INLINE float __exp10f(float x) { return exp10f(x); }
CUEMU_INLINE float __logf(float x) { return __builtin_logf(x); }
CUEMU_INLINE float __log2f(float x) { return __builtin_log2f(x); }
CUEMU_INLINE float __sinf(float x) { return __builtin_sinf(x); }
CUEMU_INLINE float __cosf(float x) { return __builtin_cosf(x); }
CUEMU_INLINE float __tanf(float x) { return __builtin_tanf(x); }
CUEMU_INLINE float __powf(float x, float y) { return __builtin_powf(x, y); }
CUEMU_INLINE float __fdividef(float x, float y) { return x / y; }
CUEMU_INLINE float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }

// Correctly rounded ones; not contracted into multiply-add.
CUEMU_INLINE float __fmaf_rn(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
CUEMU_INLINE float __fadd_rn(float x, float y) {
  asm("" : "+x"(x));
  float sum = x + y;
  asm("" : "+x"(sum));
  return sum;
}
CUEMU_INLINE float __fsub_rn(float x, float y) { return __fadd_rn(x, -y); }
CUEMU_INLINE float __fmul_rn(float x, float y) {
  float product = x * y;
  asm("" : "+x"(product));
  return product;
}
CUEMU_INLINE float __fdiv_rn(float x, float y) { return x / y; }
CUEMU_INLINE float __frcp_rn(float x) { return 1.0f / x; }
CUEMU_INLINE float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
CUEMU_INLINE float __frsqrt_rn(float x) { return 1.0f / __builtin_sqrtf(x); }

// ---- Bits and conversions. Out of range, the device's float to integer conversions saturate.
template <class To, class From>
CUEMU_INLINE To cuemu_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "same size");
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}
CUEMU_INLINE int __float_as_int(float x) { return cuemu_bits<int>(x); }
CUEMU_INLINE unsigned __float_as_uint(float x) { return cuemu_bits<unsigned>(x); }
CUEMU_INLINE float __int_as_float(int x) { return cuemu_bits<float>(x); }
CUEMU_INLINE float __uint_as_float(unsigned x) { return cuemu_bits<float>(x); }
CUEMU_INLINE long long __double_as_longlong(double x) { return cuemu_bits<long long>(x); }
CUEMU_INLINE double __longlong_as_double(long long x) { return cuemu_bits<double>(x); }
CUEMU_INLINE int cuemu_to_int(float x) {
  return x != x ? 0 : x >= 2147483648.0f ? 2147483647 : x < -2147483648.0f ? -2147483647 - 1 : int(x);
}
CUEMU_INLINE unsigned cuemu_to_uint(float x) {
  return !(x > 0) ? 0 : x >= 4294967296.0f ? 4294967295u : unsigned(x);
}
CUEMU_INLINE int __float2int_rn(float x) { return cuemu_to_int(__builtin_rintf(x)); }
CUEMU_INLINE int __float2int_rz(float x) { return cuemu_to_int(x); }
CUEMU_INLINE int __float2int_rd(float x) { return cuemu_to_int(__builtin_floorf(x)); }
CUEMU_INLINE int __float2int_ru(float x) { return cuemu_to_int(__builtin_ceilf(x)); }
CUEMU_INLINE unsigned __float2uint_rn(float x) { return cuemu_to_uint(__builtin_rintf(x)); }
CUEMU_INLINE unsigned __float2uint_rz(float x) { return cuemu_to_uint(x); }
CUEMU_INLINE float __int2float_rn(int x) { return float(x); }
CUEMU_INLINE float __uint2float_rn(unsigned x) { return float(x); }
CUEMU_INLINE float __double2float_rn(double x) { return float(x); }
CUEMU_INLINE int __popc(unsigned x) { return __builtin_popcount(x); }
CUEMU_INLINE int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
CUEMU_INLINE int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
CUEMU_INLINE int __clzll(long long x) { return x ? __builtin_clzll(x) : 64; }
CUEMU_INLINE int __ffs(int x) { return __builtin_ffs(x); }
CUEMU_INLINE unsigned __brev(unsigned x) {
  unsigned r = 0;
  for (int i = 0; i < 32; i++) r |= (x >> i & 1u) << (31 - i);
  return r;
}
CUEMU_INLINE unsigned __umulhi(unsigned a, unsigned b) {
  return unsigned((unsigned long long)a * b >> 32);
}
CUEMU_INLINE int __mulhi(int a, int b) { return int((long long)a * b >> 32); }
CUEMU_INLINE int __mul24(int a, int b) { return (a << 8 >> 8) * (b << 8 >> 8); }
CUEMU_INLINE unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
  return unsigned((((unsigned long long)high << 32 | low) << (shift & 31)) >> 32);
}
CUEMU_INLINE unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
  return unsigned(((unsigned long long)high << 32 | low) >> (shift & 31));
}
CUEMU_INLINE unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
  unsigned long long both = (unsigned long long)b << 32 | a;
  unsigned r = 0;
  for (int i = 0; i < 4; i++) {
    unsigned nibble = selector >> (4 * i);
    unsigned byte = unsigned(both >> (8 * (nibble & 7))) & 0xff;
    if (nibble & 8) byte = byte & 0x80 ? 0xff : 0;
    r |= byte << (8 * i);
  }
  return r;
}
