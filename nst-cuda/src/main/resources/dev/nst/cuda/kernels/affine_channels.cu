// Factors and offsets of up to GROUP channels, passed by value.
struct ChannelMap {
  float factor[CHANNEL_GROUP];
  float offset[CHANNEL_GROUP];
};

// y = factor[c] * x + offset[c] for the channels [first, first + count); y may be x. Channel of
// element i: i / inner % channels.
extern "C" __global__ void affine_channels(float* y, const float* x, ChannelMap map, int first,
                                           int count, int channels, index_t inner, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    int c = (int)(i / inner % channels) - first;
    if (c >= 0 && c < count) {
      y[i] = map.factor[c] * x[i] + map.offset[c];
    }
  }
}
