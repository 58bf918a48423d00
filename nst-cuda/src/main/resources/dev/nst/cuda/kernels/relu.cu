static __device__ __forceinline__ T relu_of(T x) {
  // The comparison is false for NaN, which stays.
  float value = to_float(x);
  T result;
  from_float(&result, value < 0.0f ? 0.0f : value);
  return result;
}

// y = max(x, 0); y may be x.
extern "C" __global__ void relu(T* y, const T* x, index_t n) {
  FOR_EACH_PACK(n, p, {
    Pack<T> pack = load_pack(x, p);
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      pack.at[k] = relu_of(pack.at[k]);
    }
    store_pack(y, p, pack);
  }, i, { y[i] = relu_of(x[i]); })
}
