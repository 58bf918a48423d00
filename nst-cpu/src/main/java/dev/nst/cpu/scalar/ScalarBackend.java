package dev.nst.cpu.scalar;

import dev.nst.NstException;
import dev.nst.backend.AdamParameters;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.backend.TensorAlgebra;
import dev.nst.cpu.HeapBackend;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;

/**
 * The reference backend: plain loops on row-major float arrays, one thread, any JVM. It is meant to
 * be read beside the formulas, and every faster backend is tested against the same contract.
 */
final class ScalarBackend extends HeapBackend {

  private final TensorAlgebra algebra;
  private final PictureKernels pictures;

  /**
   * Opens the backend.
   *
   * @throws NstException if the options ask for another precision than fp32
   */
  ScalarBackend(BackendOptions options) {
    super(ScalarBackendProvider.NAME, options.precision(), Shape::size);
    algebra = new ScalarAlgebra(memory());
    pictures = new ScalarPictures(memory());
  }

  @Override
  public String description() {
    return ScalarBackendProvider.DESCRIPTION;
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return (9L * outChannels * inChannels + outChannels) * Float.BYTES;
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    System.arraycopy(source, 0, data(destination), 0, size(destination));
  }

  @Override
  public void download(float[] destination, Tensor source) {
    System.arraycopy(data(source), 0, destination, 0, size(source));
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return new ScalarFilter(weights.clone(), bias.clone(), outChannels, inChannels);
  }

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {
    ConvKernels.forward(data(y), data(x), x.shape(), filter(filter));
  }

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    ConvKernels.backward(data(dx), data(dy), dx.shape(), filter(filter));
  }

  @Override
  public void relu(Tensor y, Tensor x) {
    float[] out = data(y);
    float[] in = data(x);
    for (int i = 0; i < size(x); i++) {
      out[i] = Math.max(in[i], 0);
    }
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    float[] out = data(dx);
    float[] gradient = data(dy);
    float[] output = data(y);
    for (int i = 0; i < size(y); i++) {
      out[i] = output[i] > 0 ? gradient[i] : 0;
    }
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    PoolKernels.max(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    PoolKernels.maxBackward(data(dx), data(dy), data(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    PoolKernels.average(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    PoolKernels.averageBackward(data(dx), data(dy), dx.shape(), scale);
  }

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {
    PoolKernels.l2(data(y), data(x), x.shape(), scale);
  }

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    PoolKernels.l2Backward(data(dx), data(dy), data(x), x.shape(), scale);
  }

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {
    algebra.product(c, a, b, alpha);
  }

  @Override
  public void gram(Tensor g, Tensor features, float scale) {
    Shape s = features.shape();
    MatrixKernels.gram(data(g), data(features), s.c(), s.area(), scale);
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    Shape s = features.shape();
    MatrixKernels.gramBackward(
        data(df), data(dg), data(features), s.c(), s.area(), scale, accumulate);
  }

  @Override
  public void fill(Tensor y, float value) {
    Arrays.fill(data(y), 0, size(y), value);
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    System.arraycopy(data(x), 0, data(y), 0, size(x));
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    float[] sum = data(y);
    float[] left = data(a);
    float[] right = data(b);
    for (int i = 0; i < size(y); i++) {
      sum[i] = left[i] + right[i];
    }
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    float[] out = data(y);
    float[] in = data(x);
    for (int i = 0; i < size(x); i++) {
      out[i] = factor * in[i];
    }
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    float[] out = data(y);
    float[] in = data(x);
    Shape s = x.shape();
    for (int i = 0; i < size(x); i++) {
      int c = i / s.area() % s.c();
      out[i] = factor[c] * in[i] + offset[c];
    }
  }

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    data(loss)[0] = LossKernels.meanSquaredError(data(a), data(b), size(a), weight);
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    LossKernels.meanSquaredErrorBackward(
        data(da), data(a), data(b), size(a), data(gradLoss)[0], weight, accumulate);
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {
    data(loss)[0] = LossKernels.totalVariation(data(x), x.shape(), across, down);
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    float seed = data(gradLoss)[0];
    LossKernels.totalVariationBackward(
        data(dx), data(x), x.shape(), (double) seed * across, (double) seed * down, accumulate);
  }

  @Override
  public TensorAlgebra algebra() {
    return algebra;
  }

  @Override
  public PictureKernels pictures() {
    return pictures;
  }

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    float[] g = data(gradient);
    float factor = data(scale)[0];
    boolean finite = true;
    for (int i = 0; i < size(gradient); i++) {
      g[i] /= factor;
      finite &= Float.isFinite(g[i]);
    }
    LossScaling.State next =
        parameters.after(new LossScaling.State(factor, data(streak)[0]), finite);
    data(apply)[0] = finite ? 1 : 0;
    data(streak)[0] = next.streak();
    data(scale)[0] = next.scale();
  }

  @Override
  public void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {
    if (data(apply)[0] == 0) {
      return;
    }
    int step = Math.round(++data(count)[0]);
    double b1 = parameters.beta1();
    double b2 = parameters.beta2();
    double stepSize = parameters.learningRate() / (1 - Math.pow(b1, step));
    double rootCorrection = Math.sqrt(1 - Math.pow(b2, step));
    float[] values = data(x);
    float[] first = data(m);
    float[] second = data(v);
    float[] g = data(gradient);
    for (int i = 0; i < size(x); i++) {
      first[i] = (float) (b1 * first[i] + (1 - b1) * g[i]);
      second[i] = (float) (b2 * second[i] + (1 - b2) * g[i] * g[i]);
      double denominator = Math.sqrt(second[i]) / rootCorrection + parameters.epsilon();
      values[i] = (float) (values[i] - stepSize * first[i] / denominator);
    }
  }

  @Override
  public void close() {
    // Nothing is held beyond arenas and filters.
  }

  private static ScalarFilter filter(ConvFilter filter) {
    if (filter instanceof ScalarFilter mine) {
      return mine;
    }
    throw new IllegalArgumentException("the filter was prepared by another backend");
  }

  private static int size(Tensor tensor) {
    return Math.toIntExact(tensor.shape().size());
  }
}
