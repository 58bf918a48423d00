// y += bias of the element's channel, then max(y, 0) if asked: what a convolution without a fused
// bias leaves to do.
static __device__ __forceinline__ T biased(T y, T bias, int rectify) {
  float value = to_float(y) + to_float(bias);
  T result;
  from_float(&result, rectify && value < 0.0f ? 0.0f : value);
  return result;
}

// Maps of fewer than 2^32 elements. Channel of element i: i / inner % channels.
extern "C" __global__ void add_bias(T* __restrict__ y, const T* __restrict__ bias,
                                    unsigned int channels, unsigned int inner, int rectify,
                                    index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    y[i] = biased(y[i], bias[(unsigned int)i / inner % channels], rectify);
  }
}

// Channels last, a multiple of a pack: n and channels count packs.
extern "C" __global__ void add_bias_packs(Pack<T>* __restrict__ y, const Pack<T>* __restrict__ bias,
                                          unsigned int channels, int rectify, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    Pack<T> value = y[i];
    Pack<T> addend = bias[(unsigned int)i % channels];
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      value.at[k] = biased(value.at[k], addend.at[k], rectify);
    }
    y[i] = value;
  }
}
