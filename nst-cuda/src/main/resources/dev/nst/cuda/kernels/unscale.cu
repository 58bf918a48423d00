// Dynamic loss scaling (Micikevicius et al. 2018, section 3.2), in two kernels: the first divides
// the gradient by the scale and notes whether any element is not finite, the second adapts the
// scale. *overflow is 0 before the first.
extern "C" __global__ void unscale(float* __restrict__ gradient, const float* __restrict__ scale,
                                   int* __restrict__ overflow, index_t n) {
  float factor = 1.0f / *scale;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    float value = gradient[i] * factor;
    gradient[i] = value;
    if (!(fabsf(value) <= 3.402823466e38f)) {
      atomicOr(overflow, 1);
    }
  }
}

extern "C" __global__ void adapt_scale(float* __restrict__ scale, float* __restrict__ streak,
                                       float* __restrict__ apply, const int* __restrict__ overflow,
                                       float growth, float backoff, float interval, float smallest,
                                       float largest) {
  if (*overflow) {
    *apply = 0.0f;
    *streak = 0.0f;
    *scale = fmaxf(*scale * backoff, smallest);
  } else {
    *apply = 1.0f;
    float good = *streak + 1.0f;
    if (good >= interval) {
      good = 0.0f;
      *scale = fminf(*scale * growth, largest);
    }
    *streak = good;
  }
}
