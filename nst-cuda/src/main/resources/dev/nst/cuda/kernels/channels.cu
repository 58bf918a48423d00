// What treats all positions of a channel alike. Channel of element i: i / inner % channels; its
// position: i / step % positions.

// mean[c] = mean over the positions of channel c of one picture. One block of SUM_THREADS threads a
// channel.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
channel_means(float* __restrict__ mean, const T* __restrict__ x, index_t inner, index_t step,
              index_t positions) {
  const T* channel = x + blockIdx.x * inner;
  double sum = 0;
  for (index_t p = threadIdx.x; p < positions; p += SUM_THREADS) {
    sum += to_float(channel[p * step]);
  }
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    mean[blockIdx.x] = (float)(total / positions);
  }
}

// x = x + v[c].
extern "C" __global__ void add_to_channels(T* __restrict__ x, const float* __restrict__ v,
                                           index_t inner, int channels, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    from_float(&x[i], to_float(x[i]) + v[i / inner % channels]);
  }
}

// y = mask[p] * x; y may be x.
extern "C" __global__ void multiply_mask(T* y, const T* x, const float* __restrict__ mask,
                                         index_t step, index_t positions, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    from_float(&y[i], mask[i / step % positions] * to_float(x[i]));
  }
}
