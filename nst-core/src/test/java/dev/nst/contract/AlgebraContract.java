package dev.nst.contract;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import net.jqwik.api.ForAll;

/** What {@link dev.nst.backend.TensorAlgebra} must do. */
interface AlgebraContract extends OnBench {

  private Set<DType> types() {
    return new LinkedHashSet<>(Arrays.asList(DType.F32, bench().backend().featureType()));
  }

  @KernelProperty
  default void dotIsTheSumOfProducts(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] a = values.floats(some.shape());
    double[] b = values.floats(some.shape());
    Tensor left = bench.floats(some.shape(), a);
    Tensor right = bench.floats(some.shape(), b);
    Tensor result = bench.poisonedFloats(Shape.scalar());
    double sum = 0;
    double absolute = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
      absolute += Math.abs(a[i] * b[i]);
    }
    Tolerance tolerance = bench.tolerances().sums();
    bench.backend().algebra().dot(result, left, right);
    bench.check("dot", tolerance, new double[] {sum}, absolute, result);
    bench.checkExact("dot leaves a alone", a, left);
    bench.checkExact("dot leaves b alone", b, right);
    bench.backend().algebra().dot(result, left, left);
    double square = Reference64.meanSquaredError(a, new double[a.length], a.length);
    bench.check("dot with itself", tolerance, new double[] {square}, result);
  }

  @KernelProperty
  default void absoluteSumIsThatOfEveryElement(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    double[] x = some.values(bench).features(some.shape());
    double[] expected = {Arrays.stream(x).map(Math::abs).sum()};
    for (DType type : types()) {
      Tensor input = bench.put(bench.poisoned(some.shape(), type), x);
      Tensor result = bench.poisonedFloats(Shape.scalar());
      bench.backend().algebra().absoluteSum(result, input);
      bench.check("absoluteSum", bench.tolerances().sums(), expected, result);
      bench.checkExact("absoluteSum leaves x alone", x, input);
    }
  }

  @KernelProperty
  default void addScaledAddsAMultiple(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] y = values.floats(some.shape());
    double[] x = values.floats(some.shape());
    float factor = values.factor();
    Tensor sum = bench.floats(some.shape(), y);
    Tensor term = bench.floats(some.shape(), x);
    bench.backend().algebra().addScaled(sum, term, factor);
    double[] expected = Reference64.add(y, Reference64.scale(x, factor));
    double magnitude = Workbench.largest(y) + Math.abs(factor) * Workbench.largest(x);
    bench.check("addScaled", Tolerances.FLOAT32, expected, magnitude, sum);
    bench.checkExact("addScaled leaves x alone", x, term);
  }

  @KernelProperty
  default void scaleByPowerMultipliesWithANumberOfTheDevice(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    float factor = values.factor();
    for (float exponent : new float[] {1, -1, -0.5f, 0.25f}) {
      double[] expected = Reference64.scale(x, factor * Math.pow(2.25, exponent));
      Tensor base = bench.floats(Shape.scalar(), 1.75);
      for (DType type : types()) {
        Tensor input = bench.put(bench.poisoned(some.shape(), type), x);
        Tensor y = bench.poisoned(some.shape(), type);
        Tolerance tolerance = bench.tolerances().elementwise();
        bench.backend().algebra().scaleByPower(y, input, base, 0.5f, exponent, factor);
        bench.check("scaleByPower", tolerance, expected, y);
        bench.checkExact("scaleByPower leaves x alone", x, input);
        bench.backend().algebra().scaleByPower(input, input, base, 0.5f, exponent, factor);
        bench.check("scaleByPower in place", tolerance, expected, input);
      }
    }
    Tensor scalar = bench.floats(Shape.scalar(), 4);
    bench.backend().algebra().scaleByPower(scalar, scalar, scalar, 0, -0.5f, 1);
    bench.check("scaleByPower by itself", Tolerances.FLOAT32, new double[] {2}, scalar);
  }

  @KernelProperty
  default void channelMeansAndWhatIsAddedToChannelsReachEveryPosition(
      @ForAll(supplier = MapCase.Single.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.features(shape);
    double[] v = values.floats(shape.c());
    double[] means = new double[shape.c()];
    double[] sums = x.clone();
    for (int i = 0; i < x.length; i++) {
      means[i / shape.area()] += x[i] / shape.area();
      sums[i] += v[i / shape.area()];
    }
    Tensor features = bench.features(shape, x);
    Tensor mean = bench.poisonedFloats(Shape.vector(shape.c()));
    Tensor terms = bench.floats(Shape.vector(shape.c()), v);
    bench.backend().algebra().channelMeans(mean, features);
    bench.check("channelMeans", bench.tolerances().sums(), means, Workbench.largest(x), mean);
    bench.checkExact("channelMeans leaves x alone", x, features);
    bench.backend().algebra().addToChannels(features, terms);
    double magnitude = Workbench.largest(x) + Workbench.largest(v);
    bench.check("addToChannels", bench.tolerances().elementwise(), sums, magnitude, features);
    bench.checkExact("addToChannels leaves v alone", v, terms);
  }

  @KernelProperty
  default void covarianceIsTheCentredSecondMoment(
      @ForAll(supplier = MapCase.Single.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    int channels = some.shape().c();
    double[] moment = values.floats(channels * channels);
    double[] mean = values.floats(channels);
    double[] expected = moment.clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] -= mean[i / channels] * mean[i % channels];
      expected[i] += i / channels == i % channels ? 0.5 : 0;
    }
    Tensor r = bench.floats(Shape.matrix(channels, channels), moment);
    Tensor m = bench.floats(Shape.vector(channels), mean);
    Tensor s = bench.poisonedFloats(r.shape());
    double magnitude = Workbench.largest(moment) + Math.pow(Workbench.largest(mean), 2) + 1;
    bench.backend().algebra().covariance(s, r, m, 0.5f);
    bench.check("covariance", Tolerances.FLOAT32, expected, magnitude, s);
    bench.checkExact("covariance leaves the moment alone", moment, r);
    bench.backend().algebra().covariance(r, r, m, 0.5f);
    bench.check("covariance in place", Tolerances.FLOAT32, expected, magnitude, r);
    bench.checkExact("covariance leaves the mean alone", mean, m);
  }

  @KernelProperty
  default void productIsThatOfFloat32InEveryPrecision(
      @ForAll(supplier = MapCase.Single.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    int rows = some.shape().c();
    int inner = some.channels();
    int columns = some.shape().w();
    double[] a = values.gaussian(rows * inner, 1);
    double[] b = values.gaussian(inner * columns, 1);
    Tensor c = bench.poisonedFloats(Shape.matrix(rows, columns));
    Tensor left = bench.floats(Shape.matrix(rows, inner), a);
    Tensor right = bench.floats(Shape.matrix(inner, columns), b);
    bench.backend().algebra().product(c, left, right, 0.5f);
    double[] absolute =
        Reference64.gemm(Workbench.abs(a), Workbench.abs(b), rows, inner, columns, 0.5);
    bench.check(
        "product",
        Tolerances.FLOAT32,
        Reference64.gemm(a, b, rows, inner, columns, 0.5),
        Workbench.largest(absolute),
        c);
  }

  @KernelProperty
  default void multiplyMaskScalesEveryPositionAlsoInPlace(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.features(shape);
    double[] mask = values.gaussian(shape.area(), 1);
    double[] expected = x.clone();
    for (int i = 0; i < x.length; i++) {
      expected[i] *= mask[i % shape.area()];
    }
    Tensor input = bench.features(shape, x);
    Tensor factors = bench.floats(Shape.matrix(shape.h(), shape.w()), mask);
    Tensor y = bench.poisonedFeatures(shape);
    Tolerance tolerance = bench.tolerances().elementwise();
    bench.backend().algebra().multiplyMask(y, input, factors);
    bench.check("multiplyMask", tolerance, expected, y);
    bench.checkExact("multiplyMask leaves x alone", x, input);
    bench.backend().algebra().multiplyMask(input, input, factors);
    bench.check("multiplyMask in place", tolerance, expected, input);
    bench.checkExact("multiplyMask leaves the mask alone", mask, factors);
  }
}
