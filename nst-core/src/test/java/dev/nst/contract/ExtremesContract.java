package dev.nst.contract;

import dev.nst.backend.AdamParameters;
import dev.nst.contract.OptimizerContract.AdamState;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.ForAll;

/**
 * What kernels must do with numbers at the ends of their type's range ({@link Extremes}), at any
 * size, beside padding full of NaN or infinity: where the exact result stays below {@link
 * Extremes#largestResult}, theirs is a finite number near it.
 *
 * <p>Near means in relation to the largest product that any two of the numbers make, times the
 * terms of a sum, whether those two meet or not: a transformed convolution (Winograd) also
 * multiplies numbers that do not, and leaves rounding errors of these products. Numbers below the
 * smallest normal one count as that.
 */
interface ExtremesContract extends OnBench {

  private DType type() {
    return bench().backend().featureType();
  }

  private double most() {
    return Extremes.largestResult(type());
  }

  /** Returns the extremes of a case, and spoils what its tensors leave unused. */
  private Extremes spoiled(MapCase some) {
    Extremes extremes = new Extremes(some.seed(), type());
    bench().poisonWith(extremes.poison());
    return extremes;
  }

  /** Returns the largest absolute value, at least the smallest normal number. */
  private double size(double... values) {
    return Math.max(Workbench.largest(values), Extremes.smallestNormal(type()));
  }

  /** Returns up to where numbers may go that meet {@code others}, for sums of {@code terms}. */
  private double mostBeside(double[] others, double terms) {
    return most() / terms / size(others);
  }

  private void checkSum(
      String kernel, double[] reference, double terms, double[] a, double[] b, Tensor actual) {
    double magnitude = size(terms * size(a) * size(b));
    bench().check(kernel, bench().tolerances().products(), reference, magnitude, actual);
  }

  private void checkElements(String kernel, double[] reference, double magnitude, Tensor actual) {
    bench().check(kernel, bench().tolerances().elementwise(), reference, size(magnitude), actual);
  }

  // ---- convolution ----------------------------------------------------------------------------

  @KernelProperty
  default void convolutionsStayFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape in = some.shape();
    Shape out = in.withChannels(some.channels());
    double terms = 9.0 * in.c() + 1;
    double[] x = extremes.features(in, most());
    double[] weights = extremes.features(weightShape(in, out), mostBeside(x, terms));
    double[] bias = extremes.floats(out.c(), terms * size(x) * size(weights));
    Filter filter = bench.filter(weights, bias, in.c());
    double[] expected = filter.convolve(x, in);
    Tensor input = bench.features(in, x);
    Tensor y = bench.poisonedFeatures(out);
    bench.backend().conv3x3(y, input, filter.prepared());
    checkSum("conv3x3 of extremes", expected, terms, x, weights, y);
    Tensor z = bench.poisonedFeatures(out);
    bench.backend().conv3x3Relu(z, input, filter.prepared());
    checkSum("conv3x3Relu of extremes", Reference64.relu(expected), terms, x, weights, z);
  }

  @KernelProperty
  default void gradientsOfConvolutionsStayFinite(
      @ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape in = some.shape();
    Shape out = in.withChannels(some.channels());
    double terms = 9.0 * out.c();
    double[] dy = extremes.features(out, most());
    double[] y = Reference64.relu(extremes.features(out, most()));
    double[] weights = extremes.features(weightShape(in, out), mostBeside(dy, terms));
    Filter filter = bench.filter(weights, new double[out.c()], in.c());
    Tensor gradient = bench.features(out, dy);
    Tensor dx = bench.poisonedFeatures(in);
    bench.backend().conv3x3Backward(dx, gradient, filter.prepared());
    checkSum("conv3x3Backward of extremes", filter.convolveBack(dy, in), terms, dy, weights, dx);
    Tensor da = bench.poisonedFeatures(in);
    bench.backend().conv3x3ReluBackward(da, gradient, bench.features(out, y), filter.prepared());
    double[] expected = filter.convolveBack(ReferenceGradients64.relu(dy, y), in);
    checkSum("conv3x3ReluBackward of extremes", expected, terms, dy, weights, da);
  }

  private static Shape weightShape(Shape in, Shape out) {
    return new Shape(out.c(), in.c(), 3, 3);
  }

  // ---- activation and pooling -----------------------------------------------------------------

  @KernelProperty
  default void activationsAndPoolingStayFinite(
      @ForAll(supplier = MapCase.WidePoolable.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] x = extremes.features(shape, most() / 4);
    double[] dy = extremes.features(shape, most());
    Tensor input = bench.features(shape, x);
    Tensor same = bench.poisonedFeatures(shape);
    bench.backend().relu(same, input);
    bench.checkExact("relu of extremes", Reference64.relu(x), same);
    bench.backend().reluBackward(same, bench.features(shape, dy), input);
    bench.checkExact("reluBackward of extremes", ReferenceGradients64.relu(dy, x), same);
    Tensor pooled = bench.poisonedFeatures(shape.pooled());
    bench.backend().maxPool2x2(pooled, input, 1);
    bench.checkExact("maxPool2x2 of extremes", Reference64.maxPool(x, shape, 1), pooled);
    bench.backend().averagePool2x2(pooled, input, 2);
    double[] mean = Reference64.averagePool(x, shape, 2);
    checkElements("averagePool2x2 of extremes", mean, 2 * size(x), pooled);
  }

  @KernelProperty
  default void gradientsOfPoolingStayFinite(
      @ForAll(supplier = MapCase.WidePoolable.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] x = extremes.features(shape, most());
    double[] dy = extremes.features(shape.pooled(), most());
    Tensor gradient = bench.features(shape.pooled(), dy);
    Tensor dx = bench.poisonedFeatures(shape);
    bench.backend().maxPool2x2Backward(dx, gradient, bench.features(shape, x), 1);
    double[] expected = ReferenceGradients64.maxPool(dy, x, shape, 1);
    bench.checkExact("maxPool2x2Backward of extremes", expected, dx);
    bench.backend().averagePool2x2Backward(dx, gradient, 2);
    double[] shares = ReferenceGradients64.averagePool(dy, shape, 2);
    checkElements("averagePool2x2Backward of extremes", shares, size(dy), dx);
  }

  // ---- matrix products ------------------------------------------------------------------------

  @KernelProperty
  default void matrixProductsStayFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    int rows = some.shape().h();
    int inner = some.shape().c();
    int columns = some.channels();
    double[] a = extremes.floats(rows * inner, most());
    double[] b = extremes.floats(inner * columns, mostBeside(a, inner));
    Tensor c = bench.poisonedFloats(Shape.matrix(rows, columns));
    bench
        .backend()
        .gemm(
            c,
            bench.floats(Shape.matrix(rows, inner), a),
            bench.floats(Shape.matrix(inner, columns), b),
            1);
    double[] expected = Reference64.gemm(a, b, rows, inner, columns, 1);
    checkSum("gemm of extremes", expected, inner, a, b, c);
  }

  @KernelProperty
  default void gramMatricesStayFinite(@ForAll(supplier = MapCase.WideSingle.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] f = extremes.features(shape, Math.sqrt(1e35 / shape.area()));
    Tensor g = bench.poisonedFloats(Shape.matrix(shape.c(), shape.c()));
    bench.backend().gram(g, bench.features(shape, f), 1);
    checkSum("gram of extremes", Reference64.gram(f, shape, 1), shape.area(), f, f, g);
  }

  @KernelProperty
  default void gradientsOfGramMatricesStayFinite(
      @ForAll(supplier = MapCase.WideSingle.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    Shape square = Shape.matrix(shape.c(), shape.c());
    double terms = 2.0 * shape.c();
    double[] f = extremes.features(shape, most());
    double[] dg = extremes.floats(shape.c() * shape.c(), mostBeside(f, terms));
    double[] expected = ReferenceGradients64.gram(dg, f, shape, 1);
    Tensor df = bench.poisonedFeatures(shape);
    bench.backend().gramBackward(df, bench.floats(square, dg), bench.features(shape, f), 1, false);
    checkSum("gramBackward of extremes", expected, terms, dg, f, df);
  }

  // ---- element-wise ---------------------------------------------------------------------------

  @KernelProperty
  default void elementwiseArithmeticStaysFinite(
      @ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] a = extremes.features(shape, most() / 2);
    double[] b = extremes.features(shape, most() / 2);
    Tensor left = bench.features(shape, a);
    Tensor y = bench.poisonedFeatures(shape);
    bench.backend().add(y, left, bench.features(shape, b));
    checkElements("add of extremes", Reference64.add(a, b), size(a) + size(b), y);
    float factor = extremes.factor(mostBeside(a, 1));
    bench.backend().scale(y, left, factor);
    double[] scaled = Reference64.scale(a, factor);
    checkElements("scale of extremes", scaled, size(a) * size(factor), y);
    bench.backend().copy(y, left);
    bench.checkExact("copy of extremes", a, y);
  }

  @KernelProperty
  default void affineMapsStayFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] x = extremes.floats(Reference64.size(shape), most() / 2);
    double[] factor = extremes.floats(shape.c(), mostBeside(x, 2));
    double[] offset = extremes.floats(shape.c(), most() / 2);
    Tensor y = bench.poisonedFloats(shape);
    bench
        .backend()
        .affineChannels(
            y, bench.floats(shape, x), Workbench.single(factor), Workbench.single(offset));
    double magnitude = size(x) * size(factor) + size(offset);
    checkElements(
        "affineChannels of extremes", Reference64.affine(x, shape, factor, offset), magnitude, y);
  }

  // ---- losses and optimiser -------------------------------------------------------------------

  @KernelProperty
  default void squaredErrorsStayFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] a = extremes.features(shape, Math.sqrt(1e35 / shape.size()) / 2);
    double[] b = extremes.features(shape, Math.sqrt(1e35 / shape.size()) / 2);
    Tensor left = bench.features(shape, a);
    Tensor right = bench.features(shape, b);
    Tensor loss = bench.poisonedFloats(Shape.scalar());
    bench.backend().meanSquaredError(loss, left, right, 1);
    double[] expected = {Reference64.meanSquaredError(a, b, 1)};
    double difference = size(a) + size(b);
    bench.check(
        "meanSquaredError of extremes",
        bench.tolerances().sums(),
        expected,
        size(difference * difference),
        loss);
    // A factor of 2 * gradLoss / size.
    float gradLoss = extremes.factor(most() / 2 / difference);
    Tensor da = bench.poisonedFeatures(shape);
    bench
        .backend()
        .meanSquaredErrorBackward(
            da, left, right, bench.floats(Shape.scalar(), gradLoss), 1, false);
    checkElements(
        "meanSquaredErrorBackward of extremes",
        ReferenceGradients64.meanSquaredError(a, b, gradLoss, 1),
        size(2 * gradLoss / (double) shape.size()) * difference,
        da);
  }

  @KernelProperty
  default void totalVariationStaysFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    double[] x = extremes.floats(Reference64.size(shape), 1e30);
    Tensor image = bench.floats(shape, x);
    Tensor loss = bench.poisonedFloats(Shape.scalar());
    bench.backend().totalVariation(loss, image, 1, 1);
    double[] expected = {Reference64.totalVariation(x, shape, 1, 1)};
    Tolerance sums = bench.tolerances().sums();
    bench.check("totalVariation of extremes", sums, expected, 4 * size(x), loss);
    float gradLoss = extremes.factor(most());
    Tensor dx = bench.poisonedFloats(shape);
    bench
        .backend()
        .totalVariationBackward(dx, image, bench.floats(Shape.scalar(), gradLoss), 1, 1, false);
    double[] gradient = ReferenceGradients64.totalVariation(x, shape, gradLoss, 1, 1);
    checkElements("totalVariationBackward of extremes", gradient, 4 * size(gradient), dx);
  }

  @KernelProperty
  default void adamStaysFinite(@ForAll(supplier = MapCase.Wide.class) MapCase some) {
    Workbench bench = bench();
    Extremes extremes = spoiled(some);
    Shape shape = some.shape();
    AdamParameters parameters = AdamParameters.withLearningRate(0.5);
    double[] start = extremes.floats(Reference64.size(shape), 1e30);
    AdamState state = new AdamState(bench, shape, start);
    ReferenceAdam64 reference = new ReferenceAdam64(start, parameters);
    for (int step = 0; step < 2; step++) {
      // Adam squares it.
      double[] g = extremes.floats(start.length, 1e17);
      state.step(bench.floats(shape, g), parameters);
      reference.step(g);
    }
    Tolerance sums = bench.tolerances().sums();
    bench.check("adamStep of extremes", sums, reference.x(), 1, state.x());
  }
}
