// Partial sums of |x|, one for each block of SUM_THREADS threads.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
absolute_sum(double* __restrict__ partial, const T* __restrict__ x, index_t n) {
  double sum = 0;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    sum += fabsf(to_float(x[i]));
  }
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}
