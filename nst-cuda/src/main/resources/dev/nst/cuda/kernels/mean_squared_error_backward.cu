static __device__ __forceinline__ T error_gradient(T a, T b, T before, float factor,
                                                   int accumulate) {
  float gradient = factor * (to_float(a) - to_float(b));
  T result;
  from_float(&result, accumulate ? to_float(before) + gradient : gradient);
  return result;
}

// da (+)= grad_loss * factor * (a - b), factor being 2 * weight / size.
extern "C" __global__ void mean_squared_error_backward(T* __restrict__ da, const T* __restrict__ a,
                                                       const T* __restrict__ b,
                                                       const float* __restrict__ grad_loss,
                                                       float factor, int accumulate, index_t n) {
  factor *= *grad_loss;
  FOR_EACH_PACK(n, p, {
    Pack<T> left = load_pack(a, p);
    Pack<T> right = load_pack(b, p);
    Pack<T> result = left;
    if (accumulate) {
      result = load_pack(da, p);
    }
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      result.at[k] = error_gradient(left.at[k], right.at[k], result.at[k], factor, accumulate);
    }
    store_pack(da, p, result);
  }, i, { da[i] = error_gradient(a[i], b[i], accumulate ? da[i] : a[i], factor, accumulate); })
}
