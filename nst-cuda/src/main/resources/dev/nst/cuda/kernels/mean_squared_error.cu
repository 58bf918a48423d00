// Partial sums of (a - b)^2, one for each block of SUM_THREADS threads.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
squared_differences(double* __restrict__ partial, const T* __restrict__ a, const T* __restrict__ b,
                    index_t n) {
  double sum = 0;
  FOR_EACH_PACK(n, p, {
    Pack<T> left = load_pack(a, p);
    Pack<T> right = load_pack(b, p);
    float pack_sum = 0.0f;
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      float difference = to_float(left.at[k]) - to_float(right.at[k]);
      pack_sum += difference * difference;
    }
    sum += pack_sum;
  }, i, {
    float difference = to_float(a[i]) - to_float(b[i]);
    sum += (double)difference * difference;
  })
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}
