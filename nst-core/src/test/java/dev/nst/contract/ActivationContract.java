package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What the ReLU and pooling kernels must do. */
interface ActivationContract extends OnBench {

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
    Shape shape = Shape.features(1, 1, 3);
    Tensor y = bench.poisonedFeatures(shape);
    Tensor x =
        bench.features(shape, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    bench.backend().relu(y, x);
    double[] result = bench.read(y);
    assertTrue(Double.isNaN(result[0]), "relu of NaN is " + result[0]);
    assertEquals(Double.POSITIVE_INFINITY, result[1]);
    assertEquals(0, result[2]);
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
