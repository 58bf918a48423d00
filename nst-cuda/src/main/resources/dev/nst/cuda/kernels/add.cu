static __device__ __forceinline__ T sum_of(T a, T b) {
  T result;
  from_float(&result, to_float(a) + to_float(b));
  return result;
}

// y = a + b; y may be either.
extern "C" __global__ void add(T* y, const T* a, const T* b, index_t n) {
  FOR_EACH_PACK(n, p, {
    Pack<T> left = load_pack(a, p);
    Pack<T> right = load_pack(b, p);
    for (int k = 0; k < Pack<T>::SIZE; k++) {
      left.at[k] = sum_of(left.at[k], right.at[k]);
    }
    store_pack(y, p, left);
  }, i, { y[i] = sum_of(a[i], b[i]); })
}
