// sum = the sum of `count` matrices of n elements that lie one after the other, in their order.
extern "C" __global__ void sum_matrices(float* __restrict__ sum, const float* __restrict__ parts,
                                        int count, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    float total = 0.0f;
    for (int k = 0; k < count; k++) {
      total += parts[k * n + i];
    }
    sum[i] = total;
  }
}
