// Between float32 and T, element by element.
extern "C" __global__ void from_float32(T* __restrict__ y, const float* __restrict__ x, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    from_float(&y[i], x[i]);
  }
}

extern "C" __global__ void to_float32(float* __restrict__ y, const T* __restrict__ x, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    y[i] = to_float(x[i]);
  }
}
