package dev.nst.contract;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Normalize;
import dev.nst.autograd.op.TotalVariation;
import dev.nst.contract.GradientCheck.Projection;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Style transfer in little, once as a graph and once in double precision: a normalised image, two
 * layers with a maximum between them, a style loss tapped at the first, a content loss at the
 * second, total variation.
 */
final class SmallTransfer {

  private static final int DEEP_CHANNELS = 5;
  private static final float[] FACTOR = {1.5f, 2, 1.25f};
  private static final float[] OFFSET = {0.5f, -0.25f, 0};
  private static final float STYLE_WEIGHT = 2;
  private static final float TV_WEIGHT = 0.5f;

  private final Shape image;
  private final Shape first;
  private final Shape pooled;
  private final Filter firstFilter;
  private final Filter secondFilter;
  private final float gramScale;
  private final double[] styleGram;
  private final Tensor styleTensor;
  private final Projection content;

  SmallTransfer(Workbench bench, MapCase some) {
    Values values = some.values(bench);
    int channels = Math.min(some.channels(), 9);
    this.image = Shape.features(3, some.shape().h(), some.shape().w());
    this.first = image.withChannels(channels);
    this.pooled = first.pooled();
    this.firstFilter = bench.gaussianFilter(values, channels, 3);
    this.secondFilter = bench.gaussianFilter(values, DEEP_CHANNELS, channels);
    this.gramScale = 1f / first.area();
    Shape square = Shape.matrix(channels, channels);
    this.styleGram = new double[channels * channels];
    for (int c = 0; c < channels; c++) {
      styleGram[c * channels + c] = 1 + c;
    }
    this.styleTensor = bench.floats(square, styleGram);
    this.content = Projection.ofFeatures(bench, values, pooled.withChannels(DEEP_CHANNELS));
  }

  Shape image() {
    return image;
  }

  Variable apply(Tape tape, Variable x) {
    Variable normalized = Normalize.apply(tape, x, FACTOR, OFFSET);
    Variable tv = TotalVariation.apply(tape, normalized, TV_WEIGHT, TV_WEIGHT);
    Variable shallow = Conv2dBiasRelu.apply(tape, normalized, firstFilter.prepared());
    Variable style = GramMse.apply(tape, shallow, styleTensor, gramScale, STYLE_WEIGHT);
    Variable pool = MaxPool2d.apply(tape, shallow, 1);
    Variable deep = Conv2dBiasRelu.apply(tape, pool, secondFilter.prepared());
    return Add.apply(tape, Add.apply(tape, tv, style), content.apply(tape, deep));
  }

  double reference(double[] x) {
    double[] normalized = normalize(x);
    double[] shallow = Reference64.relu(firstFilter.convolve(normalized, image));
    double[] pool = Reference64.maxPool(shallow, first, 1);
    double[] deep = Reference64.relu(secondFilter.convolve(pool, pooled));
    double[] gram = Reference64.gram(shallow, first, gramScale);
    return Reference64.totalVariation(normalized, image, TV_WEIGHT, TV_WEIGHT)
        + Reference64.meanSquaredError(gram, styleGram, STYLE_WEIGHT)
        + content.reference(deep);
  }

  /** Returns how near the ReLUs and maxima come to a bend; total variation is the caller's. */
  double distanceToKinks(double[] x) {
    double[] shallow = firstFilter.convolve(normalize(x), image);
    double[] rectified = Reference64.relu(shallow);
    double[] deep = secondFilter.convolve(Reference64.maxPool(rectified, first, 1), pooled);
    return Math.min(
        Math.min(Kinks.ofRelu(shallow), Kinks.ofRelu(deep)), Kinks.ofMaxPool(rectified, first));
  }

  private double[] normalize(double[] x) {
    double[] factor = {FACTOR[0], FACTOR[1], FACTOR[2]};
    double[] offset = {OFFSET[0], OFFSET[1], OFFSET[2]};
    return Reference64.affine(x, image, factor, offset);
  }
}
