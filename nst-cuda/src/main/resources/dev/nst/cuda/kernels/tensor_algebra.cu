// Partial sums of a * b, one for each block of SUM_THREADS threads.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
dot(double* __restrict__ partial, const float* a, const float* b, index_t n) {
  double sum = 0;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    sum += (double)a[i] * b[i];
  }
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}

// y = y + factor * x.
extern "C" __global__ void add_scaled(float* __restrict__ y, const float* __restrict__ x,
                                      float factor, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    y[i] += factor * x[i];
  }
}

// s = moment - mean mean^T + ridge * identity; s may be moment. n: channels squared.
extern "C" __global__ void covariance(float* s, const float* moment,
                                      const float* __restrict__ mean, float ridge, int channels,
                                      index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int row = (int)(i / channels);
    int column = (int)(i % channels);
    double value = moment[i] - (double)mean[row] * mean[column];
    s[i] = (float)(row == column ? value + ridge : value);
  }
}
