// Anisotropic total variation of float32 maps of fewer than 2^32 elements: partial sums of
// across * |x[.., j+1] - x[.., j]| + down * |x[.., i+1, :] - x[.., i, :]|, one for each block.
// `right` and `below` are the steps to the neighbours.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
total_variation(double* __restrict__ partial, const float* __restrict__ x, int height, int width,
                index_t right, index_t below, double across, double down, index_t n) {
  double sum = 0;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int column = (int)((unsigned int)i / (unsigned int)right % (unsigned int)width);
    int row = (int)((unsigned int)i / (unsigned int)below % (unsigned int)height);
    if (column + 1 < width) {
      sum += across * fabsf(x[i + right] - x[i]);
    }
    if (row + 1 < height) {
      sum += down * fabsf(x[i + below] - x[i]);
    }
  }
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}
