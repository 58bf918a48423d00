// Root of the sum of squares of each 2x2 window; see pool_backward for windows and threads.
static __device__ __forceinline__ float window_norm(const T* x, const PoolWindow& w) {
  float a = to_float(x[w.corner]);
  float b = to_float(x[w.corner + w.right]);
  float c = to_float(x[w.corner + w.down]);
  float d = to_float(x[w.corner + w.down + w.right]);
  return sqrtf(a * a + b * b + (c * c + d * d));
}

// y = scale * norm of the window. n: windows times channels, those at an odd edge included.
extern "C" __global__ void l2_pool(T* __restrict__ y, const T* __restrict__ x, PoolShape shape,
                                   float scale, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    if (w.whole) {
      from_float(&y[w.pooled], scale * window_norm(x, w));
    }
  }
}

// dx = scale * dy * x / norm of the window; 0 in a window of zeros.
extern "C" __global__ void l2_pool_backward(T* __restrict__ dx, const T* __restrict__ dy,
                                            const T* __restrict__ x, PoolShape shape, float scale,
                                            index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    T gradients[4] = {zero(), zero(), zero(), zero()};
    if (w.whole) {
      float norm = window_norm(x, w);
      float share = norm == 0.0f ? 0.0f : scale * to_float(dy[w.pooled]) / norm;
      from_float(&gradients[0], share * to_float(x[w.corner]));
      from_float(&gradients[1], share * to_float(x[w.corner + w.right]));
      from_float(&gradients[2], share * to_float(x[w.corner + w.down]));
      from_float(&gradients[3], share * to_float(x[w.corner + w.down + w.right]));
    }
    write_window(dx, w, gradients);
  }
}
