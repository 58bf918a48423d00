// y = value.
extern "C" __global__ void fill(T* __restrict__ y, float value, index_t n) {
  T element;
  from_float(&element, value);
  Pack<T> pack;
  for (int k = 0; k < Pack<T>::SIZE; k++) {
    pack.at[k] = element;
  }
  FOR_EACH_PACK(n, p, { store_pack(y, p, pack); }, i, { y[i] = element; })
}
