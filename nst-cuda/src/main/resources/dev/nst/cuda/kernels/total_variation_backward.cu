static __device__ __forceinline__ float sign_of(float x) {
  return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f;
}

// dx (+)= grad_loss * (across * (sign(x - left) - sign(right - x)) + down * (the same upward)).
extern "C" __global__ void total_variation_backward(float* __restrict__ dx,
                                                    const float* __restrict__ x,
                                                    const float* __restrict__ grad_loss, int height,
                                                    int width, index_t right, index_t below,
                                                    float across, float down, int accumulate,
                                                    index_t n) {
  across *= *grad_loss;
  down *= *grad_loss;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int column = (int)((unsigned int)i / (unsigned int)right % (unsigned int)width);
    int row = (int)((unsigned int)i / (unsigned int)below % (unsigned int)height);
    float here = x[i];
    float gradient = 0.0f;
    if (column > 0) {
      gradient += across * sign_of(here - x[i - right]);
    }
    if (column + 1 < width) {
      gradient -= across * sign_of(x[i + right] - here);
    }
    if (row > 0) {
      gradient += down * sign_of(here - x[i - below]);
    }
    if (row + 1 < height) {
      gradient -= down * sign_of(x[i + below] - here);
    }
    dx[i] = accumulate ? dx[i] + gradient : gradient;
  }
}
