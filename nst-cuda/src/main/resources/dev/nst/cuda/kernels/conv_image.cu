// The layer that sees the picture: 1 to 4 planar float32 channels in, channels-last features out.
// Too few channels for tensor cores and few operations for each byte written, so it is computed in
// float32 from float32 weights [K, C, 3, 3] that a block keeps in shared memory.

// y = max(conv(x) + bias, 0), or without the maximum. A thread computes eight neighbouring output
// channels of one position, and neighbouring threads the next eight, so that a position's channels
// are written in one piece. K is a multiple of 8; dynamic shared memory: (9 * C + 1) * K floats.
extern "C" __global__ void __launch_bounds__(256)
conv_image(T* __restrict__ y, const float* __restrict__ x, const float* __restrict__ weights,
           const float* __restrict__ bias, int channels, int out_channels, int height, int width,
           int rectify, index_t n) {
  extern __shared__ float taps[];  // [C * 9][K], then the bias [K]
  int tap_count = channels * 9;
  for (int i = threadIdx.x; i < tap_count * out_channels; i += blockDim.x) {
    taps[i] = weights[i % out_channels * tap_count + i / out_channels];
  }
  for (int k = threadIdx.x; k < out_channels; k += blockDim.x) {
    taps[tap_count * out_channels + k] = bias[k];
  }
  __syncthreads();
  unsigned int groups = out_channels / 8;
  index_t positions = (index_t)height * width;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    // Fewer than 2^32 threads' worth of work, and 32-bit divisions are several times faster.
    int first = (int)((unsigned int)i % groups) * 8;
    unsigned int place = (unsigned int)i / groups;
    int column = (int)(place % (unsigned int)width);
    unsigned int line = place / (unsigned int)width;
    int row = (int)(line % (unsigned int)height);
    const float* picture = x + (index_t)(line / (unsigned int)height) * channels * positions;
    float sums[8];
    for (int k = 0; k < 8; k++) {
      sums[k] = taps[tap_count * out_channels + first + k];
    }
    for (int c = 0; c < channels; c++) {
      for (int tap = 0; tap < 9; tap++) {
        int source_row = row + tap / 3 - 1;
        int source_column = column + tap % 3 - 1;
        if (source_row < 0 || source_row >= height || source_column < 0 || source_column >= width) {
          continue;
        }
        float value = picture[c * positions + (index_t)source_row * width + source_column];
        const float* w = taps + (c * 9 + tap) * out_channels + first;
        for (int k = 0; k < 8; k++) {
          sums[k] += value * w[k];
        }
      }
    }
    T* out = y + (index_t)place * out_channels + first;
    for (int half = 0; half < 8 / Pack<T>::SIZE; half++) {
      Pack<T> pack;
      for (int k = 0; k < Pack<T>::SIZE; k++) {
        float sum = sums[half * Pack<T>::SIZE + k];
        from_float(&pack.at[k], rectify && sum < 0.0f ? 0.0f : sum);
      }
      store_pack(out, half, pack);
    }
  }
}
