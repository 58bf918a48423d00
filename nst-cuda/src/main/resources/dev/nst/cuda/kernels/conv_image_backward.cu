// Gradient of the layer of conv_image.cu with respect to the picture: dx = convolution of the (masked) dy with the transposed,
// rotated weights. A block computes a tile of 32 x 16 positions from a halo of 34 x 18 in shared
// memory, sixteen feature channels at a time; a thread computes four rows of one column for all
// picture channels. `y` masks dy where it is not above zero; null: no mask.
static const int TILE_WIDTH = 32;
static const int TILE_ROWS = 4;
static const int TILE_HEIGHT = 4 * TILE_ROWS;
static const int HALO_WIDTH = TILE_WIDTH + 2;
static const int HALO_HEIGHT = TILE_HEIGHT + 2;
static const int HALO = HALO_WIDTH * HALO_HEIGHT;
static const int CHUNK = 16;  // feature channels at a time

extern "C" __global__ void __launch_bounds__(128)
conv_image_backward(float* __restrict__ dx, const T* __restrict__ dy, const T* __restrict__ y,
                    const float* __restrict__ weights, int channels, int out_channels, int height,
                    int width) {
  __shared__ float halo[CHUNK][HALO];
  __shared__ float4 taps[CHUNK][9];  // one component for each picture channel
  int thread = threadIdx.y * TILE_WIDTH + threadIdx.x;
  int left = blockIdx.x * TILE_WIDTH - 1;
  int top = blockIdx.y * TILE_HEIGHT - 1;
  index_t positions = (index_t)height * width;
  index_t picture = blockIdx.z * positions;
  float4 sums[TILE_ROWS];
  for (int r = 0; r < TILE_ROWS; r++) {
    sums[r] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  }
  for (int first = 0; first < out_channels; first += CHUNK) {
    for (int i = thread; i < HALO; i += 128) {
      int row = top + i / HALO_WIDTH;
      int column = left + i % HALO_WIDTH;
      bool inside = row >= 0 && row < height && column >= 0 && column < width;
      index_t at = (picture + (index_t)row * width + column) * out_channels + first;
      for (int part = 0; part < CHUNK / Pack<T>::SIZE; part++) {
        // K is a multiple of 8, so the last chunk may be half empty.
        bool there = inside && first + part * Pack<T>::SIZE < out_channels;
        Pack<T> gradient;
        Pack<T> output;
        if (there) {
          gradient = load_pack(dy + at, part);
          if (y) {
            output = load_pack(y + at, part);
          }
        }
        for (int k = 0; k < Pack<T>::SIZE; k++) {
          bool passes = there && (!y || to_float(output.at[k]) > 0.0f);
          halo[part * Pack<T>::SIZE + k][i] = passes ? to_float(gradient.at[k]) : 0.0f;
        }
      }
    }
    for (int i = thread; i < CHUNK * 9; i += 128) {
      int k = i / 9;
      int tap = i % 9;
      float4 values = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
      if (first + k < out_channels) {
        const float* w = weights + (index_t)(first + k) * channels * 9 + 8 - tap;
        values.x = w[0];
        if (channels > 1) values.y = w[9];
        if (channels > 2) values.z = w[18];
        if (channels > 3) values.w = w[27];
      }
      taps[k][tap] = values;
    }
    __syncthreads();
    for (int k = 0; k < CHUNK; k++) {
      for (int v = 0; v < 3; v++) {
        float strip[TILE_ROWS + 2];
        for (int r = 0; r < TILE_ROWS + 2; r++) {
          strip[r] = halo[k][(threadIdx.y * TILE_ROWS + r) * HALO_WIDTH + threadIdx.x + v];
        }
        for (int u = 0; u < 3; u++) {
          float4 w = taps[k][u * 3 + v];
          for (int r = 0; r < TILE_ROWS; r++) {
            sums[r].x += strip[r + u] * w.x;
            sums[r].y += strip[r + u] * w.y;
            sums[r].z += strip[r + u] * w.z;
            sums[r].w += strip[r + u] * w.w;
          }
        }
      }
    }
    __syncthreads();
  }
  int column = left + 1 + threadIdx.x;
  for (int r = 0; r < TILE_ROWS; r++) {
    int row = top + 1 + threadIdx.y * TILE_ROWS + r;
    if (row < height && column < width) {
      float* out = dx + picture * channels + (index_t)row * width + column;
      out[0] = sums[r].x;
      if (channels > 1) out[positions] = sums[r].y;
      if (channels > 2) out[2 * positions] = sums[r].z;
      if (channels > 3) out[3 * positions] = sums[r].w;
    }
  }
}
