package dev.nst.contract;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What the ReLU and pooling kernels must do. */
interface ActivationContract extends OnBench {

  /** A plain map and one that most devices lay out in blocks. */
  int[] CHANNELS = {1, 20};

  @KernelProperty
  default void reluCutsAtZero(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    double[] x = some.values(bench).features(some.shape());
    Tensor input = bench.features(some.shape(), x);
    Tensor y = bench.poisonedFeatures(some.shape());
    bench.backend().relu(y, input);
    bench.checkExact("relu", Reference64.relu(x), y);
    bench.checkExact("relu leaves x alone", x, input);
    bench.backend().relu(input, input);
    bench.checkExact("relu in place", Reference64.relu(x), input);
  }

  @KernelProperty
  default void reluBackwardPassesOnlyWhereTheOutputIsAboveZero(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] y = Reference64.relu(values.features(some.shape()));
    double[] dy = values.features(some.shape());
    double[] expected = ReferenceGradients64.relu(dy, y);
    Tensor output = bench.features(some.shape(), y);
    Tensor gradient = bench.features(some.shape(), dy);
    Tensor dx = bench.poisonedFeatures(some.shape());
    bench.backend().reluBackward(dx, gradient, output);
    bench.checkExact("reluBackward", expected, dx);
    bench.checkExact("reluBackward leaves dy alone", dy, gradient);
    bench.backend().reluBackward(gradient, gradient, output);
    bench.checkExact("reluBackward in place", expected, gradient);
    bench.checkExact("reluBackward leaves y alone", y, output);
  }

  @Example
  default void reluKeepsNaNAndInfinity() {
    Workbench bench = bench();
    for (int channels : CHANNELS) {
      Shape shape = Shape.features(channels, 1, 3);
      double[] x = new double[Reference64.size(shape)];
      int last = x.length - 3;
      x[last] = Double.NaN;
      x[last + 1] = Double.POSITIVE_INFINITY;
      x[last + 2] = Double.NEGATIVE_INFINITY;
      Tensor y = bench.poisonedFeatures(shape);
      bench.backend().relu(y, bench.features(shape, x));
      double[] expected = x.clone();
      expected[last + 2] = 0;
      bench.checkExact("relu", expected, y);
    }
  }

  @Example
  default void maxPoolKeepsNaNWhereverItLiesInTheWindow() {
    Workbench bench = bench();
    for (int channels : CHANNELS) {
      Shape shape = Shape.features(channels, 2, 2);
      for (int place = 0; place < 4; place++) {
        double[] x = new double[Reference64.size(shape)];
        x[x.length - 4 + place] = Double.NaN;
        double[] expected = new double[channels];
        expected[channels - 1] = Double.NaN;
        Tensor y = bench.poisonedFeatures(shape.pooled());
        bench.backend().maxPool2x2(y, bench.features(shape, x), 1);
        bench.checkExact("maxPool2x2", expected, y);
      }
    }
  }

  @KernelProperty
  default void maxPoolTakesTheLargestOfEachWindow(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    float scale = values.factor();
    Tensor input = bench.features(some.shape(), x);
    Tensor y = bench.poisonedFeatures(some.shape().pooled());
    bench.backend().maxPool2x2(y, input, scale);
    double[] expected = Reference64.maxPool(x, some.shape(), scale);
    bench.check("maxPool2x2", bench.tolerances().elementwise(), expected, y);
    bench.checkExact("maxPool2x2 leaves x alone", x, input);
  }

  @KernelProperty
  default void maxPoolBackwardPaysTheFirstMaximumOfEachWindow(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    double[] dy = values.features(some.shape().pooled());
    float scale = values.factor();
    Tensor input = bench.features(some.shape(), x);
    Tensor gradient = bench.features(some.shape().pooled(), dy);
    Tensor dx = bench.poisonedFeatures(some.shape());
    bench.backend().maxPool2x2Backward(dx, gradient, input, scale);
    double[] expected = ReferenceGradients64.maxPool(dy, x, some.shape(), scale);
    bench.check("maxPool2x2Backward", bench.tolerances().elementwise(), expected, dx);
    bench.checkExact("maxPool2x2Backward leaves x alone", x, input);
    bench.checkExact("maxPool2x2Backward leaves dy alone", dy, gradient);
  }

  @KernelProperty
  default void l2PoolTakesTheNormOfEachWindow(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    float scale = values.factor();
    Tensor input = bench.features(some.shape(), x);
    Tensor y = bench.poisonedFeatures(some.shape().pooled());
    bench.backend().l2Pool2x2(y, input, scale);
    double[] expected = Reference64.l2Pool(x, some.shape(), scale);
    bench.check("l2Pool2x2", bench.tolerances().elementwise(), expected, y);
    bench.checkExact("l2Pool2x2 leaves x alone", x, input);
  }

  @KernelProperty
  default void l2PoolBackwardPaysEachPositionItsShareAndNothingInAWindowOfZeros(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.features(shape);
    for (int i : new int[] {0, 1, shape.w(), shape.w() + 1}) {
      x[i] = 0;
    }
    double[] dy = values.features(shape.pooled());
    float scale = values.factor();
    Tensor input = bench.features(shape, x);
    Tensor gradient = bench.features(shape.pooled(), dy);
    Tensor dx = bench.poisonedFeatures(shape);
    bench.backend().l2Pool2x2Backward(dx, gradient, input, scale);
    double[] expected = ReferenceGradients64.l2Pool(dy, x, shape, scale);
    bench.check("l2Pool2x2Backward", bench.tolerances().elementwise(), expected, dx);
    bench.checkExact("l2Pool2x2Backward leaves x alone", x, input);
    bench.checkExact("l2Pool2x2Backward leaves dy alone", dy, gradient);
  }

  @KernelProperty
  default void averagePoolTakesTheMeanOfEachWindow(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    float scale = values.factor();
    Tensor input = bench.features(some.shape(), x);
    Tensor y = bench.poisonedFeatures(some.shape().pooled());
    bench.backend().averagePool2x2(y, input, scale);
    bench.check(
        "averagePool2x2",
        bench.tolerances().elementwise(),
        Reference64.averagePool(x, some.shape(), scale),
        Workbench.largest(x) * Math.abs(scale),
        y);
    bench.checkExact("averagePool2x2 leaves x alone", x, input);
  }

  @KernelProperty
  default void averagePoolBackwardPaysAQuarterToEachPosition(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] dy = values.features(some.shape().pooled());
    float scale = values.factor();
    Tensor gradient = bench.features(some.shape().pooled(), dy);
    Tensor dx = bench.poisonedFeatures(some.shape());
    bench.backend().averagePool2x2Backward(dx, gradient, scale);
    double[] expected = ReferenceGradients64.averagePool(dy, some.shape(), scale);
    bench.check("averagePool2x2Backward", bench.tolerances().elementwise(), expected, dx);
    bench.checkExact("averagePool2x2Backward leaves dy alone", dy, gradient);
  }
}
