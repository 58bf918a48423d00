package dev.nst.cpu.scalar;

import dev.nst.backend.TensorAlgebra;
import dev.nst.cpu.HeapTensors;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** {@link TensorAlgebra} in plain loops, summed in double. */
final class ScalarAlgebra implements TensorAlgebra {

  private final HeapTensors memory;

  ScalarAlgebra(HeapTensors memory) {
    this.memory = memory;
  }

  @Override
  public void dot(Tensor result, Tensor a, Tensor b) {
    float[] left = memory.data(a);
    float[] right = memory.data(b);
    double sum = 0;
    for (int i = 0; i < a.shape().size(); i++) {
      sum += (double) left[i] * right[i];
    }
    memory.data(result)[0] = (float) sum;
  }

  @Override
  public void absoluteSum(Tensor result, Tensor x) {
    float[] values = memory.data(x);
    double sum = 0;
    for (int i = 0; i < x.shape().size(); i++) {
      sum += Math.abs(values[i]);
    }
    memory.data(result)[0] = (float) sum;
  }

  @Override
  public void addScaled(Tensor y, Tensor x, float factor) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    for (int i = 0; i < y.shape().size(); i++) {
      out[i] += factor * in[i];
    }
  }

  @Override
  public void scaleByPower(
      Tensor y, Tensor x, Tensor base, float offset, float exponent, float factor) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    double power = factor * Math.pow((double) memory.data(base)[0] + offset, exponent);
    for (int i = 0; i < y.shape().size(); i++) {
      out[i] = (float) (power * in[i]);
    }
  }

  @Override
  public void channelMeans(Tensor mean, Tensor x) {
    float[] means = memory.data(mean);
    float[] values = memory.data(x);
    int area = x.shape().area();
    for (int c = 0; c < x.shape().c(); c++) {
      double sum = 0;
      for (int p = 0; p < area; p++) {
        sum += values[c * area + p];
      }
      means[c] = (float) (sum / area);
    }
  }

  @Override
  public void addToChannels(Tensor x, Tensor v) {
    float[] values = memory.data(x);
    float[] terms = memory.data(v);
    int area = x.shape().area();
    for (int i = 0; i < x.shape().size(); i++) {
      values[i] += terms[i / area];
    }
  }

  @Override
  public void covariance(Tensor s, Tensor moment, Tensor mean, float ridge) {
    float[] out = memory.data(s);
    float[] in = memory.data(moment);
    float[] m = memory.data(mean);
    int channels = s.shape().w();
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j < channels; j++) {
        int at = i * channels + j;
        out[at] = (float) (in[at] - (double) m[i] * m[j] + (i == j ? ridge : 0));
      }
    }
  }

  @Override
  public void product(Tensor c, Tensor a, Tensor b, float alpha) {
    MatrixKernels.gemm(
        memory.data(c),
        memory.data(a),
        memory.data(b),
        a.shape().h(),
        a.shape().w(),
        b.shape().w(),
        alpha);
  }

  @Override
  public void multiplyMask(Tensor y, Tensor x, Tensor mask) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    float[] factors = memory.data(mask);
    Shape s = x.shape();
    for (int i = 0; i < s.size(); i++) {
      out[i] = factors[i % s.area()] * in[i];
    }
  }
}
