// Gradients of 2x2 pooling with stride 2. A thread has one window, in one channel (planar maps) or
// in the SIZE neighbouring channels of a pack (channels last), and writes its four elements, so
// that every element of dx is written once and nothing has to be cleared. Windows at an odd last
// row or column, which pooling drops, exist here too and write zeros to what they have.
struct PoolShape {
  unsigned int channels;  // in units of what a thread takes: elements or packs
  unsigned int height;    // of x
  unsigned int width;
  unsigned int channels_last;
};

struct PoolWindow {
  index_t pooled;  // where the window's element of dy lies
  index_t corner;  // where its first element of x lies
  index_t right;   // steps in x
  index_t down;
  bool whole;      // all four elements are there, and pooling saw them
  bool has_right;
  bool has_below;
};

static __device__ __forceinline__ PoolWindow pool_window(unsigned int i, const PoolShape& s) {
  unsigned int rows = (s.height + 1) / 2;
  unsigned int columns = (s.width + 1) / 2;
  unsigned int c, row, column, picture;
  if (s.channels_last) {
    c = i % s.channels;
    i /= s.channels;
    column = i % columns;
    i /= columns;
    row = i % rows;
    picture = i / rows;
  } else {
    column = i % columns;
    i /= columns;
    row = i % rows;
    i /= rows;
    c = i % s.channels;
    picture = i / s.channels;
  }
  index_t pooled_height = s.height / 2;
  index_t pooled_width = s.width / 2;
  PoolWindow w;
  w.right = s.channels_last ? s.channels : 1;
  w.down = w.right * s.width;
  if (s.channels_last) {
    w.corner = ((index_t)(picture * s.height + 2 * row) * s.width + 2 * column) * s.channels + c;
    w.pooled = ((picture * pooled_height + row) * pooled_width + column) * s.channels + c;
  } else {
    index_t plane = (index_t)picture * s.channels + c;
    w.corner = (plane * s.height + 2 * row) * s.width + 2 * column;
    w.pooled = (plane * pooled_height + row) * pooled_width + column;
  }
  w.has_right = 2 * column + 1 < s.width;
  w.has_below = 2 * row + 1 < s.height;
  w.whole = w.has_right && w.has_below;
  return w;
}

template <class E>
static __device__ __forceinline__ void write_window(E* dx, const PoolWindow& w, const E* gradients) {
  dx[w.corner] = gradients[0];
  if (w.has_right) dx[w.corner + w.right] = gradients[1];
  if (w.has_below) dx[w.corner + w.down] = gradients[2];
  if (w.whole) dx[w.corner + w.down + w.right] = gradients[3];
}

static __device__ __forceinline__ T zero() {
  T result;
  from_float(&result, 0.0f);
  return result;
}

static __device__ __forceinline__ T scaled(T x, float factor) {
  T result;
  from_float(&result, factor * to_float(x));
  return result;
}

// Gives the gradient to the first maximum in row-major order; a NaN counts as maximum.
static __device__ __forceinline__ void to_maximum(T* gradients, const T* values, T gradient) {
  float largest = to_float(values[0]);
  int winner = 0;
  for (int k = 1; k < 4; k++) {
    float value = to_float(values[k]);
    if (value > largest || (value != value && largest == largest)) {
      largest = value;
      winner = k;
    }
  }
  for (int k = 0; k < 4; k++) {
    gradients[k] = k == winner ? gradient : zero();
  }
}

// n: windows times channels. `shape` counts channels in elements.
extern "C" __global__ void max_pool_backward(T* __restrict__ dx, const T* __restrict__ dy,
                                             const T* __restrict__ x, PoolShape shape, float scale,
                                             index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    T gradients[4] = {zero(), zero(), zero(), zero()};
    if (w.whole) {
      T values[4] = {x[w.corner], x[w.corner + w.right], x[w.corner + w.down],
                     x[w.corner + w.down + w.right]};
      to_maximum(gradients, values, scaled(dy[w.pooled], scale));
    }
    write_window(dx, w, gradients);
  }
}

// The same on packs of channels: n: windows times packs. `shape` counts channels in packs.
extern "C" __global__ void max_pool_backward_packs(Pack<T>* __restrict__ dx,
                                                   const Pack<T>* __restrict__ dy,
                                                   const Pack<T>* __restrict__ x, PoolShape shape,
                                                   float scale, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    Pack<T> gradients[4];
    if (w.whole) {
      Pack<T> values[4] = {x[w.corner], x[w.corner + w.right], x[w.corner + w.down],
                           x[w.corner + w.down + w.right]};
      Pack<T> gradient = dy[w.pooled];
      for (int c = 0; c < Pack<T>::SIZE; c++) {
        T of_channel[4] = {values[0].at[c], values[1].at[c], values[2].at[c], values[3].at[c]};
        T result[4];
        to_maximum(result, of_channel, scaled(gradient.at[c], scale));
        for (int k = 0; k < 4; k++) {
          gradients[k].at[c] = result[k];
        }
      }
    } else {
      for (int c = 0; c < Pack<T>::SIZE; c++) {
        for (int k = 0; k < 4; k++) {
          gradients[k].at[c] = zero();
        }
      }
    }
    write_window(dx, w, gradients);
  }
}

// scale / 4 * dy to each element of its window.
extern "C" __global__ void average_pool_backward(T* __restrict__ dx, const T* __restrict__ dy,
                                                 PoolShape shape, float scale, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    T gradient = w.whole ? scaled(dy[w.pooled], 0.25f * scale) : zero();
    T gradients[4] = {gradient, gradient, gradient, gradient};
    write_window(dx, w, gradients);
  }
}

extern "C" __global__ void average_pool_backward_packs(Pack<T>* __restrict__ dx,
                                                       const Pack<T>* __restrict__ dy,
                                                       PoolShape shape, float scale, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    PoolWindow w = pool_window((unsigned int)i, shape);
    Pack<T> gradient;
    if (w.whole) {
      gradient = dy[w.pooled];
    }
    for (int c = 0; c < Pack<T>::SIZE; c++) {
      gradient.at[c] = w.whole ? scaled(gradient.at[c], 0.25f * scale) : zero();
    }
    Pack<T> gradients[4] = {gradient, gradient, gradient, gradient};
    write_window(dx, w, gradients);
  }
}
