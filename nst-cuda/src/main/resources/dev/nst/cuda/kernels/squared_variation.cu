// Squared differences of neighbours of float32 maps of fewer than 2^32 elements. `right` and
// `below` are the steps to the neighbours. The cells that straddle the edge of the picture have two
// differences along it, so pairs along the edge count 2 * diagonal more.
static __device__ __forceinline__ int edges(int at, int length) {
  return (at == 0) + (at + 1 == length);
}

// Partial sums of the pairs rightward, downward and on both diagonals down.
extern "C" __global__ void __launch_bounds__(SUM_THREADS)
squared_variation(double* __restrict__ partial, const float* __restrict__ x, int height, int width,
                  index_t right, index_t below, float straight, float diagonal, index_t n) {
  double sum = 0;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int column = (int)((unsigned int)i / (unsigned int)right % (unsigned int)width);
    int row = (int)((unsigned int)i / (unsigned int)below % (unsigned int)height);
    if (column + 1 < width) {
      double d = x[i + right] - x[i];
      sum += (straight + 2 * diagonal * edges(row, height)) * d * d;
    }
    if (row + 1 < height) {
      double d = x[i + below] - x[i];
      sum += (straight + 2 * diagonal * edges(column, width)) * d * d;
    }
    if (column + 1 < width && row + 1 < height) {
      double falling = x[i + below + right] - x[i];
      double rising = x[i + below] - x[i + right];
      sum += diagonal * (falling * falling + rising * rising);
    }
  }
  double total = block_sum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}

// dx (+)= 2 * grad_loss * sum over the eight neighbours of weight * (x - neighbour).
extern "C" __global__ void squared_variation_backward(float* __restrict__ dx,
                                                      const float* __restrict__ x,
                                                      const float* __restrict__ grad_loss,
                                                      int height, int width, index_t right,
                                                      index_t below, float straight, float diagonal,
                                                      int accumulate, index_t n) {
  float seed = 2.0f * *grad_loss;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int column = (int)((unsigned int)i / (unsigned int)right % (unsigned int)width);
    int row = (int)((unsigned int)i / (unsigned int)below % (unsigned int)height);
    float across = straight + 2 * diagonal * edges(row, height);
    float down = straight + 2 * diagonal * edges(column, width);
    float sum = 0.0f;
    for (int u = -1; u <= 1; u++) {
      for (int v = -1; v <= 1; v++) {
        bool inside = row + u >= 0 && row + u < height && column + v >= 0 && column + v < width;
        if (inside && (u != 0 || v != 0)) {
          float weight = u == 0 ? across : v == 0 ? down : diagonal;
          sum += weight * (x[i] - x[i + u * below + v * right]);
        }
      }
    }
    float gradient = seed * sum;
    dx[i] = accumulate ? dx[i] + gradient : gradient;
  }
}
