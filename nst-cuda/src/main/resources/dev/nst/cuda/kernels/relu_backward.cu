static __device__ __forceinline__ T relu_gradient(T dy, T y) {
  T zero;
  from_float(&zero, 0.0f);
  return to_float(y) > 0.0f ? dy : zero;
}

// dx = y > 0 ? dy : 0; dx may be dy.
extern "C" __global__ void relu_backward(T* dx, const T* dy, const T* __restrict__ y, index_t n) {
  FOR_EACH_PACK(n, p, {
    Pack<T> gradient = load_pack(dy, p);
    Pack<T> output = load_pack(y, p);
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      gradient.at[k] = relu_gradient(gradient.at[k], output.at[k]);
    }
    store_pack(dx, p, gradient);
  }, i, { dx[i] = relu_gradient(dy[i], y[i]); })
}
