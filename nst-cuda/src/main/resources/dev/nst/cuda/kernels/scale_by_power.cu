// *number = factor * (*base + offset)^exponent. One thread.
extern "C" __global__ void power_of_scalar(double* number, const float* base, float offset,
                                           float exponent, float factor) {
  *number = factor * pow((double)*base + offset, (double)exponent);
}

// y = *number * x; y may be x.
extern "C" __global__ void scale_by_number(T* y, const T* x, const double* __restrict__ number,
                                           index_t n) {
  double factor = *number;
  for (index_t i = first_index(); i < n; i += index_stride()) {
    from_float(&y[i], (float)(factor * to_float(x[i])));
  }
}
