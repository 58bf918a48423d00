// Numbers between -1 and 1 that look random, by mixing the bits of the index: for benchmarks, whose
// speed on zeros says nothing.
extern "C" __global__ void noise(T* __restrict__ y, unsigned int seed, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    unsigned int bits = (unsigned int)i * 2654435761u ^ seed;
    bits = (bits ^ bits >> 16) * 0x7feb352du;
    bits = (bits ^ bits >> 15) * 0x846ca68bu;
    from_float(&y[i], (float)((bits ^ bits >> 16) >> 8) * (1.0f / 8388608.0f) - 1.0f);
  }
}
