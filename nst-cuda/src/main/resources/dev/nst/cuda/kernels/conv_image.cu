// The layer that sees the picture: 1 to 4 planar float32 channels in, channels-last features out.
// Too few channels for tensor cores and few operations for each byte written, so it is computed in
// float32 from float32 weights [K, C, 3, 3] that a block keeps in shared memory.

// A thread computes this many neighbouring positions of a row, in eight output channels.
static const int IMAGE_STRIP = 4;

// y = max(conv(x) + bias, 0), or without the maximum. Neighbouring threads have the next eight
// output channels, so that a position's channels are written in one piece; the weights lie so that
// they read neighbouring words. K is a multiple of 8; n: strips times K / 8; dynamic shared memory:
// (9 * C + 1) * K floats.
extern "C" __global__ void __launch_bounds__(256)
conv_image(T* __restrict__ y, const float* __restrict__ x, const float* __restrict__ weights,
           const float* __restrict__ bias, int channels, int out_channels, int height, int width,
           int rectify, index_t n) {
  extern __shared__ float4 taps[];  // [C * 9 and the bias][first and second half][K / 8]
  unsigned int groups = out_channels / 8;
  int tap_count = channels * 9;
  for (int i = threadIdx.x; i < (tap_count + 1) * out_channels; i += blockDim.x) {
    int k = i % out_channels;
    int tap = i / out_channels;
    float value = tap == tap_count ? bias[k] : weights[k * tap_count + tap];
    ((float*)taps)[((tap * 2 + k / 4 % 2) * groups + k / 8) * 4 + k % 4] = value;
  }
  __syncthreads();
  index_t positions = (index_t)height * width;
  unsigned int strips = (width + IMAGE_STRIP - 1) / IMAGE_STRIP;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    // Fewer than 2^32 threads' worth of work, and 32-bit divisions are several times faster.
    unsigned int group = (unsigned int)i % groups;
    unsigned int strip = (unsigned int)i / groups;
    int column = (int)(strip % strips) * IMAGE_STRIP;
    unsigned int line = strip / strips;
    int row = (int)(line % (unsigned int)height);
    const float* picture = x + (index_t)(line / (unsigned int)height) * channels * positions;
    float sums[IMAGE_STRIP][8];
    float4 low = taps[tap_count * 2 * groups + group];
    float4 high = taps[(tap_count * 2 + 1) * groups + group];
    for (int p = 0; p < IMAGE_STRIP; p++) {
      sums[p][0] = low.x; sums[p][1] = low.y; sums[p][2] = low.z; sums[p][3] = low.w;
      sums[p][4] = high.x; sums[p][5] = high.y; sums[p][6] = high.z; sums[p][7] = high.w;
    }
    for (int c = 0; c < channels; c++) {
      for (int u = 0; u < 3; u++) {
        int source_row = row + u - 1;
        if (source_row < 0 || source_row >= height) {
          continue;
        }
        const float* source = picture + c * positions + (index_t)source_row * width;
        float values[IMAGE_STRIP + 2];
        for (int p = 0; p < IMAGE_STRIP + 2; p++) {
          int source_column = column + p - 1;
          bool inside = source_column >= 0 && source_column < width;
          values[p] = inside ? source[source_column] : 0.0f;
        }
        for (int v = 0; v < 3; v++) {
          int tap = c * 9 + u * 3 + v;
          low = taps[tap * 2 * groups + group];
          high = taps[(tap * 2 + 1) * groups + group];
          for (int p = 0; p < IMAGE_STRIP; p++) {
            float value = values[p + v];
            sums[p][0] += value * low.x;
            sums[p][1] += value * low.y;
            sums[p][2] += value * low.z;
            sums[p][3] += value * low.w;
            sums[p][4] += value * high.x;
            sums[p][5] += value * high.y;
            sums[p][6] += value * high.z;
            sums[p][7] += value * high.w;
          }
        }
      }
    }
    for (int p = 0; p < IMAGE_STRIP && column + p < width; p++) {
      T* out = y + ((index_t)line * width + column + p) * out_channels + group * 8;
      for (int part = 0; part < 8 / Pack<T>::SIZE; part++) {
        Pack<T> pack;
        for (int k = 0; k < Pack<T>::SIZE; k++) {
          float sum = sums[p][part * Pack<T>::SIZE + k];
          from_float(&pack.at[k], rectify && sum < 0.0f ? 0.0f : sum);
        }
        store_pack(out, part, pack);
      }
    }
  }
}
