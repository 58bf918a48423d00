package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What the convolution kernels must do. */
interface ConvolutionContract extends OnBench {

  @KernelProperty
  default void conv3x3IsTheCrossCorrelationPlusBias(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Filter filter = bench.filter(values, some.channels(), shape.c());
    double[] x = values.features(shape);
    Tensor input = bench.features(shape, x);
    Tensor y = bench.poisonedFeatures(shape.withChannels(some.channels()));
    bench.backend().conv3x3(y, input, filter.prepared());
    bench.check(
        "conv3x3",
        bench.tolerances().products(),
        filter.convolve(x, shape),
        filter.magnitude(x, shape),
        y);
    bench.checkExact("conv3x3 leaves x alone", x, input);
  }

  @KernelProperty
  default void conv3x3ReluIsTheRectifiedConvolution(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Filter filter = bench.filter(values, some.channels(), shape.c());
    double[] x = values.features(shape);
    Tensor y = bench.poisonedFeatures(shape.withChannels(some.channels()));
    bench.backend().conv3x3Relu(y, bench.features(shape, x), filter.prepared());
    bench.check(
        "conv3x3Relu",
        bench.tolerances().products(),
        Reference64.relu(filter.convolve(x, shape)),
        filter.magnitude(x, shape),
        y);
  }

  @KernelProperty
  default void conv3x3BackwardIsTheTransposedConvolutionWithoutBias(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape out = shape.withChannels(some.channels());
    Filter filter = bench.filter(values, some.channels(), shape.c());
    double[] dy = values.features(out);
    Tensor gradOutput = bench.features(out, dy);
    Tensor dx = bench.poisonedFeatures(shape);
    bench.backend().conv3x3Backward(dx, gradOutput, filter.prepared());
    bench.check(
        "conv3x3Backward",
        bench.tolerances().products(),
        filter.convolveBack(dy, shape),
        filter.magnitudeBack(dy, shape),
        dx);
    bench.checkExact("conv3x3Backward leaves dy alone", dy, gradOutput);
  }

  @KernelProperty
  default void conv3x3ReluBackwardPassesOnlyWhereTheOutputIsAboveZero(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape out = shape.withChannels(some.channels());
    Filter filter = bench.filter(values, some.channels(), shape.c());
    double[] y = Reference64.relu(values.features(out));
    double[] dy = values.features(out);
    Tensor output = bench.features(out, y);
    Tensor dx = bench.poisonedFeatures(shape);
    bench.backend().conv3x3ReluBackward(dx, bench.features(out, dy), output, filter.prepared());
    bench.check(
        "conv3x3ReluBackward",
        bench.tolerances().products(),
        filter.convolveBack(ReferenceGradients64.relu(dy, y), shape),
        filter.magnitudeBack(dy, shape),
        dx);
    bench.checkExact("conv3x3ReluBackward leaves y alone", y, output);
  }

  @KernelProperty
  default void fusedMaxPoolingIsTheKernelsOneByOne(
      @ForAll(supplier = MapCase.Poolable.class) MapCase some) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    Shape shape = some.shape();
    if (!backend.fusesMaxPool(some.channels(), shape.c())) {
      return;
    }
    Values values = some.values(bench);
    Filter filter = bench.filter(values, some.channels(), shape.c());
    float scale = values.factor();
    double[] input = values.features(shape);
    Tensor x = bench.features(shape, input);
    Shape map = shape.withChannels(some.channels());
    Tensor y = bench.poisonedFeatures(map);
    Tensor expected = bench.poisonedFeatures(map.pooled());
    backend.conv3x3Relu(y, x, filter.prepared());
    backend.maxPool2x2(expected, y, scale);
    Tensor pooled = bench.poisonedFeatures(map.pooled());
    Tensor switches = bench.poisonedFeatures(map.pooled());
    backend.conv3x3ReluMaxPool(pooled, switches, x, filter.prepared(), scale);
    bench.checkExact("conv3x3ReluMaxPool", bench.read(expected), pooled);
    bench.checkExact("conv3x3ReluMaxPool leaves x alone", input, x);

    double[] gradient = values.features(map.pooled());
    Tensor dy = bench.features(map.pooled(), gradient);
    Tensor gradMap = bench.poisonedFeatures(map);
    Tensor expectedGradient = bench.poisonedFeatures(shape);
    backend.maxPool2x2Backward(gradMap, dy, y, scale);
    double magnitude = filter.magnitudeBack(bench.read(gradMap), shape);
    backend.conv3x3ReluBackward(expectedGradient, gradMap, y, filter.prepared());
    Tensor dx = bench.poisonedFeatures(shape);
    double[] before = bench.read(switches);
    backend.conv3x3ReluMaxPoolBackward(dx, dy, switches, filter.prepared(), scale);
    bench.check(
        "conv3x3ReluMaxPoolBackward",
        bench.tolerances().products(),
        bench.read(expectedGradient),
        magnitude,
        dx);
    bench.checkExact("conv3x3ReluMaxPoolBackward leaves dy alone", gradient, dy);
    bench.checkExact("conv3x3ReluMaxPoolBackward leaves the switches alone", before, switches);
  }

  @Example
  default void eachTapOfTheFilterReadsItsOwnNeighbour() {
    Workbench bench = bench();
    Shape shape = Shape.features(1, 5, 7);
    double[] pixel = new double[Reference64.size(shape)];
    pixel[Reference64.at(shape, 0, 0, 2, 4)] = 1;
    double[] weights = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Filter filter = bench.filter(weights, new double[] {0}, 1);
    Tensor y = bench.poisonedFeatures(shape);
    bench.backend().conv3x3(y, bench.features(shape, pixel), filter.prepared());
    double[] expected = new double[pixel.length];
    for (int u = 0; u < 3; u++) {
      for (int v = 0; v < 3; v++) {
        // y[i] sees x[i + u - 1], so the pixel at 2 reaches row 3 - u through tap u.
        expected[Reference64.at(shape, 0, 0, 3 - u, 5 - v)] = weights[u * 3 + v];
      }
    }
    bench.check("conv3x3 of one pixel", bench.tolerances().products(), expected, 9, y);
  }

  @Example
  default void aPreparedFilterDoesNotChangeWithTheArraysItWasMadeOf() {
    Workbench bench = bench();
    Shape shape = Shape.features(1, 4, 4);
    float[] weights = {0, 0, 0, 0, 2, 0, 0, 0, 0};
    float[] bias = {1};
    Tensor y = bench.poisonedFeatures(shape);
    double[] ones = new double[16];
    Arrays.fill(ones, 1);
    Tensor x = bench.features(shape, ones);
    try (var filter = bench.backend().prepareFilter(weights, bias, 1, 1)) {
      Arrays.fill(weights, 100);
      Arrays.fill(bias, 100);
      bench.backend().conv3x3(y, x, filter);
    }
    double[] threes = new double[16];
    Arrays.fill(threes, 3);
    bench.check("conv3x3", bench.tolerances().products(), threes, 3, y);
  }
}
