// x = min(max(x, offset[c]), factor[c]) for the channels [first, first + count), a ChannelMap's two
// arrays being the bounds; NaN stays. Channel of element i: i / inner % channels.
extern "C" __global__ void clamp_channels(float* x, ChannelMap high_and_low, int first, int count,
                                          int channels, index_t inner, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int c = (int)(i / inner % channels) - first;
    if (c >= 0 && c < count) {
      float value = x[i];
      float low = high_and_low.offset[c];
      float high = high_and_low.factor[c];
      x[i] = value < low ? low : value > high ? high : value;
    }
  }
}
