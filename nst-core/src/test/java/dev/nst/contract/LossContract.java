package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What the loss kernels must do. */
interface LossContract extends OnBench {

  @KernelProperty
  default void meanSquaredErrorIsTheWeightedMean(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] a = values.features(some.shape());
    double[] b = values.features(some.shape());
    float weight = values.factor();
    for (DType type : types()) {
      Tensor left = bench.put(bench.poisoned(some.shape(), type), a);
      Tensor right = bench.put(bench.poisoned(some.shape(), type), b);
      Tensor loss = bench.poisonedFloats(Shape.scalar());
      bench.backend().meanSquaredError(loss, left, right, weight);
      bench.check(
          "meanSquaredError",
          bench.tolerances().sums(),
          new double[] {Reference64.meanSquaredError(a, b, weight)},
          loss);
      bench.checkExact("meanSquaredError leaves a alone", a, left);
      bench.checkExact("meanSquaredError leaves b alone", b, right);
    }
  }

  @KernelProperty
  default void meanSquaredErrorBackwardIsTheWeightedDifference(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] a = values.features(some.shape());
    double[] b = values.features(some.shape());
    double[] before = values.features(some.shape());
    float weight = values.factor();
    float gradLoss = values.factor();
    double[] expected = ReferenceGradients64.meanSquaredError(a, b, gradLoss, weight);
    double magnitude =
        Math.abs(2 * gradLoss * weight / a.length) * (Workbench.largest(a) + Workbench.largest(b));
    Tensor seed = bench.floats(Shape.scalar(), gradLoss);
    for (DType type : types()) {
      Tensor left = bench.put(bench.poisoned(some.shape(), type), a);
      Tensor right = bench.put(bench.poisoned(some.shape(), type), b);
      Tensor da = bench.poisoned(some.shape(), type);
      bench.backend().meanSquaredErrorBackward(da, left, right, seed, weight, false);
      Tolerance tolerance = bench.tolerances().elementwise();
      bench.check("meanSquaredErrorBackward", tolerance, expected, magnitude, da);
      bench.put(da, before);
      bench.backend().meanSquaredErrorBackward(da, left, right, seed, weight, true);
      bench.check(
          "meanSquaredErrorBackward, added",
          tolerance,
          Reference64.add(before, expected),
          magnitude + Workbench.largest(before),
          da);
      bench.checkExact("meanSquaredErrorBackward leaves a alone", a, left);
      bench.checkExact("meanSquaredErrorBackward leaves b alone", b, right);
      bench.checkExact("it leaves gradLoss alone", new double[] {gradLoss}, seed);
    }
  }

  @KernelProperty
  default void totalVariationIsTheMeanDifferenceOfNeighbours(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.floats(some.shape());
    float across = values.factor();
    float down = values.factor();
    Tensor image = bench.floats(some.shape(), x);
    Tensor loss = bench.poisonedFloats(Shape.scalar());
    bench.backend().totalVariation(loss, image, across, down);
    bench.check(
        "totalVariation",
        bench.tolerances().sums(),
        new double[] {Reference64.totalVariation(x, some.shape(), across, down)},
        loss);
    bench.checkExact("totalVariation leaves x alone", x, image);
  }

  @KernelProperty
  default void totalVariationBackwardIsTheSumOfSigns(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.floats(shape);
    double[] before = values.floats(shape);
    float across = values.factor();
    float down = values.factor();
    float gradLoss = values.factor();
    double[] expected = ReferenceGradients64.totalVariation(x, shape, gradLoss, across, down);
    double magnitude = 4 * Workbench.largest(expected);
    Tensor image = bench.floats(shape, x);
    Tensor seed = bench.floats(Shape.scalar(), gradLoss);
    Tensor dx = bench.poisonedFloats(shape);
    Tolerance tolerance = Tolerances.FLOAT32;
    bench.backend().totalVariationBackward(dx, image, seed, across, down, false);
    bench.check("totalVariationBackward", tolerance, expected, magnitude, dx);
    bench.put(dx, before);
    bench.backend().totalVariationBackward(dx, image, seed, across, down, true);
    bench.check(
        "totalVariationBackward, added",
        tolerance,
        Reference64.add(before, expected),
        magnitude + Workbench.largest(before),
        dx);
    bench.checkExact("totalVariationBackward leaves x alone", x, image);
  }

  @Example
  default void aSinglePixelHasNoTotalVariation() {
    Workbench bench = bench();
    Shape shape = new Shape(2, 3, 1, 1);
    Tensor x = bench.floats(shape, 1, -2, 3, -4, 5, -6);
    Tensor loss = bench.poisonedFloats(Shape.scalar());
    Tensor dx = bench.poisonedFloats(shape);
    bench.backend().totalVariation(loss, x, 10, 10);
    bench.backend().totalVariationBackward(dx, x, bench.floats(Shape.scalar(), 1), 10, 10, false);
    assertEquals(0, bench.read(loss)[0]);
    bench.checkExact("totalVariationBackward", new double[6], dx);
  }

  @Example
  default void aLossShowsANaNInsteadOfHidingIt() {
    Workbench bench = bench();
    Shape shape = Shape.features(17, 5, 7);
    double[] zeros = new double[Reference64.size(shape)];
    double[] spoiled = zeros.clone();
    spoiled[zeros.length - 1] = Double.NaN;
    Tensor loss = bench.floats(Shape.scalar(), 0);
    bench
        .backend()
        .meanSquaredError(loss, bench.features(shape, spoiled), bench.features(shape, zeros), 1);
    assertTrue(Double.isNaN(bench.read(loss)[0]), "the mean squared error hid a NaN");
    bench.put(loss, 0);
    bench.backend().totalVariation(loss, bench.floats(shape, spoiled), 1, 1);
    assertTrue(Double.isNaN(bench.read(loss)[0]), "the total variation hid a NaN");
  }

  private LinkedHashSet<DType> types() {
    return new LinkedHashSet<>(Arrays.asList(DType.F32, bench().backend().featureType()));
  }
}
