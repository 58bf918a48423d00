package dev.nst.contract;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.constraints.IntRange;

/** What the matrix products must do. */
interface MatrixContract extends OnBench {

  @KernelProperty
  default void gemmIsTheMatrixProduct(
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 70) int inner,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll int seed) {
    checkGemm(rows, inner, columns, seed);
  }

  @Example
  default void gemmHandlesLongSumsAndThinMatrices() {
    checkGemm(1, 3001, 1, 1);
    checkGemm(131, 1, 257, 2);
    checkGemm(1, 67, 513, 3);
    checkGemm(129, 300, 97, 4);
  }

  private void checkGemm(int rows, int inner, int columns, int seed) {
    Workbench bench = bench();
    Values values = new Values(seed, bench.backend().featureType());
    float alpha = values.factor();
    double[] a = values.floats(rows * inner);
    double[] b = values.floats(inner * columns);
    Tensor left = bench.floats(Shape.matrix(rows, inner), a);
    Tensor right = bench.floats(Shape.matrix(inner, columns), b);
    Tensor c = bench.poisonedFloats(Shape.matrix(rows, columns));
    bench.backend().gemm(c, left, right, alpha);
    double[] terms =
        Reference64.gemm(Workbench.abs(a), Workbench.abs(b), rows, inner, columns, Math.abs(alpha));
    bench.check(
        "gemm",
        bench.tolerances().products(),
        Reference64.gemm(a, b, rows, inner, columns, alpha),
        Workbench.largest(terms),
        c);
    bench.checkExact("gemm leaves a alone", a, left);
    bench.checkExact("gemm leaves b alone", b, right);
  }

  @KernelProperty
  default void gramHoldsTheProductsOfEveryTwoChannels(
      @ForAll(supplier = MapCase.Single.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] f = values.features(shape);
    float scale = values.factor();
    Tensor features = bench.features(shape, f);
    Tensor g = bench.poisonedFloats(Shape.matrix(shape.c(), shape.c()));
    bench.backend().gram(g, features, scale);
    double[] terms = Reference64.gram(Workbench.abs(f), shape, Math.abs(scale));
    bench.check(
        "gram",
        bench.tolerances().products(),
        Reference64.gram(f, shape, scale),
        Workbench.largest(terms),
        g);
    bench.checkExact("gram leaves the features alone", f, features);
  }

  @Example
  default void gramHandlesLongSums() {
    for (Shape shape :
        new Shape[] {
          Shape.features(3, 97, 131), Shape.features(16, 128, 64), Shape.features(24, 111, 117)
        }) {
      Workbench bench = bench();
      double[] f = new Values(5, bench.backend().featureType()).features(shape);
      Tensor features = bench.features(shape, f);
      Tensor g = bench.poisonedFloats(Shape.matrix(shape.c(), shape.c()));
      bench.backend().gram(g, features, 0.5f);
      double[] terms = Reference64.gram(Workbench.abs(f), shape, 0.5f);
      bench.check(
          "gram, long",
          bench.tolerances().products(),
          Reference64.gram(f, shape, 0.5f),
          Workbench.largest(terms),
          g);
    }
  }

  @KernelProperty
  default void gramBackwardMultipliesWithTheGradientAndItsTranspose(
      @ForAll(supplier = MapCase.Single.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape square = Shape.matrix(shape.c(), shape.c());
    double[] f = values.features(shape);
    double[] dg = values.floats(square);
    float scale = values.factor();
    Tensor features = bench.features(shape, f);
    Tensor gradGram = bench.floats(square, dg);
    double[] expected = ReferenceGradients64.gram(dg, f, shape, scale);
    double magnitude =
        Workbench.largest(
            ReferenceGradients64.gram(Workbench.abs(dg), Workbench.abs(f), shape, Math.abs(scale)));

    Tensor df = bench.poisonedFeatures(shape);
    bench.backend().gramBackward(df, gradGram, features, scale, false);
    bench.check("gramBackward", bench.tolerances().products(), expected, magnitude, df);

    double[] before = values.features(shape);
    Tensor sum = bench.features(shape, before);
    bench.backend().gramBackward(sum, gradGram, features, scale, true);
    bench.check(
        "gramBackward, added",
        bench.tolerances().products(),
        Reference64.add(before, expected),
        magnitude + Workbench.largest(before),
        sum);
    bench.checkExact("gramBackward leaves the features alone", f, features);
    bench.checkExact("gramBackward leaves dg alone", dg, gradGram);
  }
}
