static __device__ __forceinline__ T product_of(T x, float factor) {
  T result;
  from_float(&result, to_float(x) * factor);
  return result;
}

// y = factor * x; y may be x.
extern "C" __global__ void scale(T* y, const T* x, float factor, index_t n) {
  FOR_EACH_PACK(n, p, {
    Pack<T> pack = load_pack(x, p);
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      pack.at[k] = product_of(pack.at[k], factor);
    }
    store_pack(y, p, pack);
  }, i, { y[i] = product_of(x[i], factor); })
}
