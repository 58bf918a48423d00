// 3x3 convolution of any shape, one thread for each output element: for what the tensor cores do
// not take (channels that are no multiple of 8, float32 images into 16-bit maps). Forward and
// backward are the same sum with other strides.
struct DirectShape {
  index_t in_channels;
  index_t out_channels;
  index_t height;
  index_t width;
  index_t in_channel;   // steps between channels and positions of the input
  index_t in_position;
  index_t out_channel;  // and of the output
  index_t out_position;
  index_t w_out;        // steps in the weights for an output channel, an input channel, a tap
  index_t w_in;
  index_t w_tap;
  index_t flip;         // 1: taps are read backwards, as the gradient does
  index_t rectify;
};

// out = sum of taps + bias; `bias` may be null.
template <class Out, class In, class W>
static __device__ void convolve(Out* __restrict__ out, const In* __restrict__ in,
                                const W* __restrict__ weights, const W* __restrict__ bias,
                                const DirectShape& s, index_t n) {
  index_t positions = s.height * s.width;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    index_t column = i % s.width;
    index_t row = i / s.width % s.height;
    index_t channel = i / positions % s.out_channels;
    index_t picture = i / positions / s.out_channels;
    const In* source = in + picture * s.in_channels * positions;
    float sum = 0.0f;
    for (int tap = 0; tap < 9; tap++) {
      index_t y = row + tap / 3 - 1;
      index_t x = column + tap % 3 - 1;
      if (y < 0 || y >= s.height || x < 0 || x >= s.width) {
        continue;
      }
      const In* pixel = source + (y * s.width + x) * s.in_position;
      const W* w = weights + channel * s.w_out + (s.flip ? 8 - tap : tap) * s.w_tap;
      for (index_t c = 0; c < s.in_channels; c++) {
        sum += to_float(pixel[c * s.in_channel]) * to_float(w[c * s.w_in]);
      }
    }
    if (bias) {
      sum += to_float(bias[channel]);
    }
    if (s.rectify && sum < 0.0f) {
      sum = 0.0f;
    }
    from_float(&out[picture * s.out_channels * positions + channel * s.out_channel +
                    (i % positions) * s.out_position], sum);
  }
}

// Names: output, input, weights; t is the feature type, f float32.
extern "C" __global__ void conv_direct_ttt(T* out, const T* in, const T* weights, const T* bias,
                                           DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}

extern "C" __global__ void conv_direct_ttf(T* out, const T* in, const float* weights,
                                           const float* bias, DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}

extern "C" __global__ void conv_direct_tft(T* out, const float* in, const T* weights, const T* bias,
                                           DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}

extern "C" __global__ void conv_direct_tff(T* out, const float* in, const float* weights,
                                           const float* bias, DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}

extern "C" __global__ void conv_direct_ftt(float* out, const T* in, const T* weights, const T* bias,
                                           DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}

extern "C" __global__ void conv_direct_ftf(float* out, const T* in, const float* weights,
                                           const float* bias, DirectShape s, index_t n) {
  convolve(out, in, weights, bias, s, n);
}
