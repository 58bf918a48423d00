// Between row-major float32 [N, C, P] (P positions), as the host has it, and channels-last T
// [N, P, C].
extern "C" __global__ void to_channels_last(T* __restrict__ y, const float* __restrict__ x,
                                            int channels, index_t positions, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    index_t c = i % channels;
    index_t position = i / channels % positions;
    index_t picture = i / channels / positions;
    from_float(&y[i], x[(picture * channels + c) * positions + position]);
  }
}

extern "C" __global__ void from_channels_last(float* __restrict__ y, const T* __restrict__ x,
                                              int channels, index_t positions, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    index_t c = i % channels;
    index_t position = i / channels % positions;
    index_t picture = i / channels / positions;
    y[(picture * channels + c) * positions + position] = to_float(x[i]);
  }
}
