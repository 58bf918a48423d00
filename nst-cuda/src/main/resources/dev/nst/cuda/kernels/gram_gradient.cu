// What the backward pass of a Gram matrix multiplies the features with, S = dG + dGt, in the
// features' type. dG can be far outside the range of float16, so there S is stored divided by a power
// of two, s, near its largest element, and the matrix product gets alpha = factor * s from here. The
// largest element is compared by its bits, which order non-negative floats as integers, so that the
// result does not depend on the order of the threads.
static __device__ __forceinline__ unsigned int transposed(unsigned int i, unsigned int size) {
  return i % size * size + i / size;
}

extern "C" __global__ void gram_gradient_largest(unsigned int* __restrict__ largest,
                                                 const float* __restrict__ dg, int size) {
  unsigned int mine = 0;
  unsigned int n = (unsigned int)size * size;
  for (unsigned int i = first_index(); i < n; i += index_stride()) {
    float sum = dg[i] + dg[transposed(i, size)];
    unsigned int bits = __float_as_uint(sum) & 0x7fffffffu;
    mine = bits > mine ? bits : mine;
  }
  for (int distance = 16; distance > 0; distance /= 2) {
    unsigned int other = __shfl_down_sync(0xffffffffu, mine, distance);
    mine = other > mine ? other : mine;
  }
  if (threadIdx.x % 32 == 0) {
    atomicMax(largest, mine);
  }
}

extern "C" __global__ void gram_gradient(T* __restrict__ s, float* __restrict__ alpha,
                                         const unsigned int* __restrict__ largest,
                                         const float* __restrict__ dg, int size, float factor) {
  // The power of two that the largest element lies above; 1 where it is not asked for (null), there
  // is none, or none sensible.
  unsigned int exponent = largest ? *largest & 0x7f800000u : 0;
  bool usable = exponent >= 0x00800000u && exponent < 0x7e800000u;
  float power = usable ? __uint_as_float(exponent) : 1.0f;
  float inverse = 1.0f / power;
  unsigned int n = (unsigned int)size * size;
  for (unsigned int i = first_index(); i < n; i += index_stride()) {
    from_float(&s[i], (dg[i] + dg[transposed(i, size)]) * inverse);
  }
  if (first_index() == 0) {
    *alpha = factor * power;
  }
}
