// y += bias of the element's channel, then max(y, 0) if asked: what a convolution without a fused
// bias leaves to do. Channel of element i: i / inner % channels, inner being 1 where channels lie
// last.
extern "C" __global__ void add_bias(T* __restrict__ y, const T* __restrict__ bias, int channels,
                                    index_t inner, int rectify, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    float value = to_float(y[i]) + to_float(bias[i / inner % channels]);
    from_float(&y[i], rectify && value < 0.0f ? 0.0f : value);
  }
}
