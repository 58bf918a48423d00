// Maps with and without one more element on every side, of fewer than 2^32 elements.
struct MapSides {
  int channels;
  int height;
  int width;
  int channels_last;
};

// A place in a map; `plane` counts channels of all pictures, or pictures where channels are last.
struct MapPlace {
  index_t plane;
  int row;
  int column;
  int channel;  // 0 in planar maps
};

static __device__ __forceinline__ MapPlace map_place(unsigned int i, const MapSides& s) {
  MapPlace place;
  place.channel = 0;
  if (s.channels_last) {
    place.channel = (int)(i % (unsigned int)s.channels);
    i /= (unsigned int)s.channels;
  }
  place.column = (int)(i % (unsigned int)s.width);
  i /= (unsigned int)s.width;
  place.row = (int)(i % (unsigned int)s.height);
  place.plane = i / (unsigned int)s.height;
  return place;
}

static __device__ __forceinline__ index_t map_index(const MapPlace& place, int height, int width,
                                                    int row, int column, const MapSides& s) {
  index_t pixel = (place.plane * height + row) * width + column;
  return s.channels_last ? pixel * s.channels + place.channel : pixel;
}

static __device__ __forceinline__ int nearest_in(int at, int length) {
  return at < 0 ? 0 : at < length ? at : length - 1;
}

// y[i, j] = x[i + first, j + first]; beyond x its nearest element, or 0. `sides` are those of y.
extern "C" __global__ void window(T* __restrict__ y, const T* __restrict__ x, MapSides sides,
                                  int height, int width, int first, int nearest, index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    MapPlace place = map_place((unsigned int)i, sides);
    int row = place.row + first;
    int column = place.column + first;
    int near_row = nearest_in(row, height);
    int near_column = nearest_in(column, width);
    if (nearest || (row == near_row && column == near_column)) {
      y[i] = x[map_index(place, height, width, near_row, near_column, sides)];
    } else {
      from_float(&y[i], 0.0f);
    }
  }
}

// dx = sum of dy over the places of the padded map whose nearest element this is. `sides` are those
// of dx.
extern "C" __global__ void fold_edges(T* __restrict__ dx, const T* __restrict__ dy, MapSides sides,
                                      index_t n) {
  for (index_t i = first_index(); i < n; i += index_stride()) {
    MapPlace place = map_place((unsigned int)i, sides);
    float sum = 0.0f;
    for (int row = place.row == 0 ? 0 : place.row + 1;
         row <= place.row + (place.row + 1 == sides.height ? 2 : 1); row++) {
      for (int column = place.column == 0 ? 0 : place.column + 1;
           column <= place.column + (place.column + 1 == sides.width ? 2 : 1); column++) {
        sum += to_float(
            dy[map_index(place, sides.height + 2, sides.width + 2, row, column, sides)]);
      }
    }
    from_float(&dx[i], sum);
  }
}
