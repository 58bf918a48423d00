// One step of Adam (Kingma and Ba 2015, Algorithm 1), in two kernels: the first counts the step
// and computes what all elements share, the second moves the elements. Where *apply is 0 nothing
// changes.
struct AdamShared {
  float first_correction;   // 1 / (1 - beta1^t)
  float second_correction;  // 1 / (1 - beta2^t)
};

extern "C" __global__ void adam_count(AdamShared* __restrict__ shared, float* __restrict__ count,
                                      const float* __restrict__ apply, double beta1, double beta2) {
  if (*apply != 0.0f) {
    *count += 1.0f;
  }
  // Before the first step nothing is applied; 1 avoids a division by zero there.
  double t = *count > 1.0f ? *count : 1.0;
  shared->first_correction = (float)(1.0 / (1.0 - pow(beta1, t)));
  shared->second_correction = (float)(1.0 / (1.0 - pow(beta2, t)));
}

extern "C" __global__ void adam(float* __restrict__ x, float* __restrict__ m, float* __restrict__ v,
                                const float* __restrict__ gradient,
                                const AdamShared* __restrict__ shared,
                                const float* __restrict__ apply, float learning_rate, float beta1,
                                float beta2, float one_minus_beta1, float one_minus_beta2,
                                float epsilon, index_t n) {
  if (*apply == 0.0f) {
    return;
  }
  for (index_t i = first_index(); i < n; i += index_stride()) {
    float g = gradient[i];
    float first = beta1 * m[i] + one_minus_beta1 * g;
    float second = beta2 * v[i] + one_minus_beta2 * g * g;
    m[i] = first;
    v[i] = second;
    x[i] -= learning_rate * (first * shared->first_correction) /
            (sqrtf(second * shared->second_correction) + epsilon);
  }
}
