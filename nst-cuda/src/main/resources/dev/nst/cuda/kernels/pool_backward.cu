// Gradients of 2x2 pooling with stride 2. One thread writes one element of dx, so that every
// element is written once and nothing has to be cleared. Channels and positions are addressed by
// strides: channels last (channel stride 1) or planar (position stride 1).
struct PoolShape {
  int channels;
  int height;  // of x
  int width;
  int channels_last;
};

struct PoolPlace {
  index_t window;  // offset in y of the window that an element of x lies in; -1 if dropped
  index_t corner;  // offset in x of the window's first element
  index_t right;   // steps in x
  index_t down;
  int number;      // which of the four elements: 2 * row + column
};

static __device__ __forceinline__ PoolPlace pool_place(index_t i, const PoolShape& s) {
  index_t c, row, column, picture;
  if (s.channels_last) {
    c = i % s.channels;
    column = i / s.channels % s.width;
    row = i / s.channels / s.width % s.height;
    picture = i / s.channels / s.width / s.height;
  } else {
    column = i % s.width;
    row = i / s.width % s.height;
    c = i / s.width / s.height % s.channels;
    picture = i / s.width / s.height / s.channels;
  }
  int pooled_height = s.height / 2;
  int pooled_width = s.width / 2;
  PoolPlace place;
  place.right = s.channels_last ? s.channels : 1;
  place.down = place.right * s.width;
  place.corner = i - row % 2 * place.down - column % 2 * place.right;
  place.number = (int)(row % 2 * 2 + column % 2);
  row /= 2;
  column /= 2;
  if (row >= pooled_height || column >= pooled_width) {
    place.window = -1;
  } else if (s.channels_last) {
    place.window = ((picture * pooled_height + row) * pooled_width + column) * s.channels + c;
  } else {
    place.window = ((picture * s.channels + c) * pooled_height + row) * pooled_width + column;
  }
  return place;
}

// scale * dy goes to the first maximum of its window in row-major order; a NaN counts as maximum.
extern "C" __global__ void max_pool_backward(T* __restrict__ dx, const T* __restrict__ dy,
                                             const T* __restrict__ x, PoolShape shape, float scale,
                                             index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolPlace place = pool_place(i, shape);
    float gradient = 0.0f;
    if (place.window >= 0) {
      float largest = to_float(x[place.corner]);
      int winner = 0;
      for (int k = 1; k < 4; k++) {
        float value = to_float(x[place.corner + k / 2 * place.down + k % 2 * place.right]);
        if (value > largest || (value != value && largest == largest)) {
          largest = value;
          winner = k;
        }
      }
      if (winner == place.number) {
        gradient = scale * to_float(dy[place.window]);
      }
    }
    from_float(&dx[i], gradient);
  }
}

// scale / 4 * dy to each element of its window.
extern "C" __global__ void average_pool_backward(T* __restrict__ dx, const T* __restrict__ dy,
                                                 PoolShape shape, float scale, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolPlace place = pool_place(i, shape);
    float gradient = place.window >= 0 ? 0.25f * scale * to_float(dy[place.window]) : 0.0f;
    from_float(&dx[i], gradient);
  }
}
