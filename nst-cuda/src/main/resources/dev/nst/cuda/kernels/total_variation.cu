// Anisotropic total variation of planar float32 maps [planes, H, W]: partial sums of
// across * |x[.., j+1] - x[.., j]| + down * |x[.., i+1, :] - x[.., i, :]|, one for each block.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
total_variation(double* __restrict__ partial, const float* __restrict__ x, int height, int width,
                index_t right, index_t below, double across, double down, index_t n) {
  double sum = 0;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int column = (int)(i / right % width);
    int row = (int)(i / below % height);
    if (column + 1 < width) {
      sum += across * fabsf(x[i + right] - x[i]);
    }
    if (row + 1 < height) {
      sum += down * fabsf(x[i + below] - x[i]);
    }
  }
  double total = block_sum<SUM_THREADS>(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}
