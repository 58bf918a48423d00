package dev.nst.contract;

import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/**
 * What kernels must do with numbers near the ends of float16's range, of which only the result has
 * to be representable: sums and products on the way have more room.
 */
interface RangeContract extends OnBench {

  /** Maps of which some have whole vectors of channels and some do not. */
  Shape[] SHAPES = {
    Shape.features(3, 7, 5),
    Shape.features(8, 6, 4),
    Shape.features(16, 9, 8),
    Shape.features(24, 5, 7),
    Shape.features(64, 11, 6)
  };

  /** Near the largest float16, 65504, yet twice as much is still below it. */
  double LARGE = 3e4;

  private static double[] round(double[] values, DType type) {
    return Arrays.stream(values).map(value -> Values.round(value, type)).toArray();
  }

  /** Returns features around {@link #LARGE}, of either sign. */
  private double[] large(Values values, Shape shape) {
    double[] f = values.gaussian(Reference64.size(shape), 1);
    for (int i = 0; i < f.length; i++) {
      f[i] = Math.signum(f[i]) * LARGE * (0.9 + 0.1 / (1 + f[i] * f[i]));
    }
    return round(f, bench().backend().featureType());
  }

  @KernelProperty
  default void copyRoundsToTheNearestFeature(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    DType type = bench.backend().featureType();
    double[] x = new Values(some.seed(), DType.F32).floats(some.shape());
    Tensor y = bench.poisonedFeatures(some.shape());
    bench.backend().copy(y, bench.floats(some.shape(), x));
    bench.checkExact("copy to features", round(x, type), y);
    Tensor back = bench.poisonedFloats(some.shape());
    bench.backend().copy(back, y);
    bench.checkExact("copy from features", round(x, type), back);
  }

  @Example
  default void copyRoundsHalvesToEvenAndKeepsWhatIsNoNumber() {
    Workbench bench = bench();
    DType type = bench.backend().featureType();
    double half = 1.0 / 2048;
    double[] x = {
      1 + half,
      1 + 3 * half,
      -1 - half,
      1 + half * 1.0001,
      1 + 1.0 / 256,
      1 + 3.0 / 256,
      6e-8,
      -6e-8,
      2.9e-8,
      3.1e-8,
      6.1e-5,
      1e-7,
      65504,
      65519,
      0,
      -0.0,
      1e-30,
      2049,
      2051,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN,
      65520,
      -1e38
    };
    for (Shape shape : new Shape[] {Shape.vector(x.length), Shape.features(x.length, 1, 1)}) {
      Tensor y = bench.poisonedFeatures(shape);
      Tensor floats = bench.floats(shape, x);
      bench.backend().copy(y, floats);
      bench.checkExact("copy to features", round(bench.read(floats), type), y);
    }
  }

  @Example
  default void gramOfLargeFeaturesDoesNotOverflow() {
    Workbench bench = bench();
    Values values = new Values(11, bench.backend().featureType());
    for (Shape shape : SHAPES) {
      double[] f = large(values, shape);
      Shape square = Shape.matrix(shape.c(), shape.c());
      for (float scale : new float[] {1, 1f / shape.area()}) {
        Tensor g = bench.poisonedFloats(square);
        bench.backend().gram(g, bench.features(shape, f), scale);
        double[] terms = Reference64.gram(Workbench.abs(f), shape, scale);
        bench.check(
            "gram of large features",
            bench.tolerances().products(),
            Reference64.gram(f, shape, scale),
            Workbench.largest(terms),
            g);
      }
    }
  }

  @Example
  default void gramBackwardTakesGradientsOfAnyMagnitude() {
    Workbench bench = bench();
    Values values = new Values(12, bench.backend().featureType());
    for (Shape shape : SHAPES) {
      double[] f = values.gaussianFeatures(shape);
      for (double magnitude : new double[] {1e-9, 1e-6, 1, 1e6}) {
        double[] dg = values.gaussian(shape.c() * shape.c(), magnitude);
        checkGramBackward("dg of " + magnitude, shape, dg, f, (float) (1 / magnitude));
      }
    }
  }

  @Example
  default void gramBackwardTakesTinyGradientsOfLargeFeatures() {
    Workbench bench = bench();
    Values values = new Values(13, bench.backend().featureType());
    for (Shape shape : SHAPES) {
      double[] dg = values.gaussian(shape.c() * shape.c(), 1e-9);
      // What a style loss of the gatys recipe has, where Gram matrices are not scaled.
      checkGramBackward("large features", shape, dg, large(values, shape), 1);
      checkGramBackward("large features", shape, dg, large(values, shape), 1e4f);
    }
  }

  private void checkGramBackward(String what, Shape shape, double[] dg, double[] f, float scale) {
    Workbench bench = bench();
    Tensor gradGram = bench.floats(Shape.matrix(shape.c(), shape.c()), dg);
    Tensor features = bench.features(shape, f);
    double[] expected = ReferenceGradients64.gram(dg, f, shape, scale);
    double magnitude =
        Workbench.largest(
            ReferenceGradients64.gram(Workbench.abs(dg), Workbench.abs(f), shape, scale));
    Tolerance tolerance = bench.tolerances().products();
    Tensor df = bench.poisonedFeatures(shape);
    bench.backend().gramBackward(df, gradGram, features, scale, false);
    bench.check("gramBackward, " + what, tolerance, expected, magnitude, df);
    double[] before = round(expected, bench.backend().featureType());
    bench.put(df, before);
    bench.backend().gramBackward(df, gradGram, features, scale, true);
    bench.check(
        "gramBackward, added, " + what,
        tolerance,
        Reference64.add(before, expected),
        2 * magnitude,
        df);
    bench.checkExact("gramBackward leaves dg alone", dg, gradGram);
  }

  @Example
  default void convolutionsOfLargeFeaturesOverflowOnlyWhereTheResultDoes() {
    Workbench bench = bench();
    Values values = new Values(14, bench.backend().featureType());
    for (Shape shape : SHAPES) {
      double[] x = large(values, shape);
      double[] weights = values.gaussian(8 * shape.c() * 9, 0.3 / (9 * shape.c()));
      Filter filter = bench.filter(weights, values.gaussian(8, 100), shape.c());
      Shape out = shape.withChannels(8);
      Tensor y = bench.poisonedFeatures(out);
      bench.backend().conv3x3(y, bench.features(shape, x), filter.prepared());
      bench.check(
          "conv3x3 of large features",
          bench.tolerances().products(),
          filter.convolve(x, shape),
          filter.magnitude(x, shape),
          y);
    }
  }

  @Example
  default void sumsOfLargeFeaturesAreTakenWithMoreRoom() {
    Workbench bench = bench();
    Values values = new Values(15, bench.backend().featureType());
    Tolerance elementwise = bench.tolerances().elementwise();
    for (Shape shape : SHAPES) {
      double[] a = large(values, shape);
      double[] b = large(values, shape);
      Tensor left = bench.features(shape, a);
      Tensor right = bench.features(shape, b);
      Tensor pooled = bench.poisonedFeatures(shape.pooled());
      bench.backend().averagePool2x2(pooled, left, 2);
      bench.check(
          "averagePool2x2 of large features",
          elementwise,
          Reference64.averagePool(a, shape, 2),
          2 * LARGE,
          pooled);
      bench.backend().maxPool2x2(pooled, left, 2);
      bench.check(
          "maxPool2x2 of large features", elementwise, Reference64.maxPool(a, shape, 2), pooled);
      Tensor loss = bench.poisonedFloats(Shape.scalar());
      bench.backend().meanSquaredError(loss, left, right, 1);
      double[] expected = {Reference64.meanSquaredError(a, b, 1)};
      bench.check("meanSquaredError of large features", bench.tolerances().sums(), expected, loss);
      Tensor da = bench.poisonedFeatures(shape);
      Tensor seed = bench.floats(Shape.scalar(), 1);
      bench.backend().meanSquaredErrorBackward(da, left, right, seed, shape.size() / 4f, false);
      double[] gradient = ReferenceGradients64.meanSquaredError(a, b, 1, shape.size() / 4.0);
      bench.check("meanSquaredErrorBackward of large features", elementwise, gradient, LARGE, da);
    }
  }

  @Example
  default void aTieInAWindowIsWonByTheFirstInEveryChannel() {
    Workbench bench = bench();
    for (Shape shape : SHAPES) {
      double[] x = new double[Reference64.size(shape)];
      // Equal only after rounding to 16 bits; in float32 the last of a window is the largest.
      for (int i = 0; i < x.length; i++) {
        x[i] = 1 + 1e-5 * (i % shape.w() + i / shape.w() % shape.h());
      }
      x = round(x, bench.backend().featureType());
      double[] dy = new Values(16, bench.backend().featureType()).gaussianFeatures(shape.pooled());
      Tensor dx = bench.poisonedFeatures(shape);
      bench
          .backend()
          .maxPool2x2Backward(dx, bench.features(shape.pooled(), dy), bench.features(shape, x), 1);
      bench.checkExact("maxPool2x2Backward", ReferenceGradients64.maxPool(dy, x, shape, 1), dx);
    }
  }
}
