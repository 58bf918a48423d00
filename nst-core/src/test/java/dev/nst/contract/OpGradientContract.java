package dev.nst.contract;

import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.Conv2d;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.Gram;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.L2Pool2d;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Mse;
import dev.nst.autograd.op.Normalize;
import dev.nst.autograd.op.Relu;
import dev.nst.autograd.op.ReplicatedConv2dBiasRelu;
import dev.nst.autograd.op.Scale;
import dev.nst.autograd.op.SquaredVariation;
import dev.nst.autograd.op.TotalVariation;
import dev.nst.contract.GradientCheck.Projection;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.ForAll;

/** The gradient of each operation by itself. */
interface OpGradientContract extends OnBench {

  @KernelProperty
  default void conv2dHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Filter filter = bench.gaussianFilter(values, some.channels(), shape.c());
    Projection end = Projection.ofFeatures(bench, values, shape.withChannels(some.channels()));
    GradientCheck.check(
        bench,
        "Conv2d",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> end.apply(tape, Conv2d.apply(tape, x, filter.prepared())),
        x -> end.reference(filter.convolve(x, shape)));
  }

  @KernelProperty
  default void conv2dBiasReluHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase any) {
    Workbench bench = bench();
    MapCase some = any.awayFromBends(bench);
    Values values = some.values(bench);
    Shape shape = some.shape();
    Filter filter = bench.gaussianFilter(values, some.channels(), shape.c());
    Projection end = Projection.ofFeatures(bench, values, shape.withChannels(some.channels()));
    double[] input =
        Kinks.avoid(
            () -> values.gaussianFeatures(shape),
            x -> Kinks.ofRelu(filter.convolve(x, shape)),
            bench.tolerances().kinkMargin());
    GradientCheck.check(
        bench,
        "Conv2dBiasRelu",
        shape,
        bench.backend().featureType(),
        input,
        (tape, x) -> end.apply(tape, Conv2dBiasRelu.apply(tape, x, filter.prepared())),
        x -> end.reference(Reference64.relu(filter.convolve(x, shape))));
  }

  @KernelProperty
  default void replicatedConv2dBiasReluHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase any) {
    Workbench bench = bench();
    MapCase some = any.awayFromBends(bench);
    Values values = some.values(bench);
    Shape shape = some.shape().withChannels(Math.min(some.shape().c(), 4));
    Filter filter = bench.gaussianFilter(values, some.channels(), shape.c());
    Projection end = Projection.ofFeatures(bench, values, shape.withChannels(some.channels()));
    double[] input =
        Kinks.avoid(
            () -> values.gaussianFeatures(shape),
            x -> Kinks.ofRelu(convolveReplicated(filter, x, shape)),
            bench.tolerances().kinkMargin());
    GradientCheck.check(
        bench,
        "ReplicatedConv2dBiasRelu",
        shape,
        DType.F32,
        input,
        (tape, x) -> end.apply(tape, ReplicatedConv2dBiasRelu.apply(tape, x, filter.prepared())),
        x -> end.reference(Reference64.relu(convolveReplicated(filter, x, shape))));
  }

  /** The convolution of the padded picture, without what that one's own padding reached. */
  private static double[] convolveReplicated(Filter filter, double[] x, Shape shape) {
    Shape padded = new Shape(shape.n(), shape.c(), shape.h() + 2, shape.w() + 2);
    double[] wide = filter.convolve(Reference64.pad(x, shape), padded);
    Shape out = shape.withChannels(filter.bias().length);
    double[] inner = new double[Reference64.size(out)];
    for (int i = 0; i < inner.length; i++) {
      int line = i / out.w() / out.h() * padded.h() + i / out.w() % out.h() + 1;
      inner[i] = wide[line * padded.w() + i % out.w() + 1];
    }
    return inner;
  }

  @KernelProperty
  default void reluHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Projection end = Projection.ofFeatures(bench, values, some.shape());
    GradientCheck.check(
        bench,
        "Relu",
        some.shape(),
        bench.backend().featureType(),
        values.awayFromKinks(some.shape(), bench.tolerances().kinkMargin()),
        (tape, x) -> end.apply(tape, Relu.apply(tape, x)),
        x -> end.reference(Reference64.relu(x)));
  }

  @KernelProperty
  default void maxPool2dHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float scale = values.factor();
    Projection end = Projection.ofFeatures(bench, values, shape.pooled());
    GradientCheck.check(
        bench,
        "MaxPool2d",
        shape,
        bench.backend().featureType(),
        values.awayFromKinks(shape, bench.tolerances().kinkMargin()),
        (tape, x) -> end.apply(tape, MaxPool2d.apply(tape, x, scale)),
        x -> end.reference(Reference64.maxPool(x, shape, scale)));
  }

  @KernelProperty
  default void averagePool2dHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float scale = values.factor();
    Projection end = Projection.ofFeatures(bench, values, shape.pooled());
    GradientCheck.check(
        bench,
        "AveragePool2d",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> end.apply(tape, AveragePool2d.apply(tape, x, scale)),
        x -> end.reference(Reference64.averagePool(x, shape, scale)));
  }

  @KernelProperty
  default void l2Pool2dHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float scale = values.factor();
    Projection end = Projection.ofFeatures(bench, values, shape.pooled());
    GradientCheck.check(
        bench,
        "L2Pool2d",
        shape,
        bench.backend().featureType(),
        values.awayFromKinks(shape, bench.tolerances().kinkMargin()),
        (tape, x) -> end.apply(tape, L2Pool2d.apply(tape, x, scale)),
        x -> end.reference(Reference64.l2Pool(x, shape, scale)));
  }

  @KernelProperty
  default void squaredVariationHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float straight = values.factor();
    float diagonal = values.factor();
    GradientCheck.check(
        bench,
        "SquaredVariation",
        shape,
        DType.F32,
        values.gaussian(Reference64.size(shape), 1),
        (tape, x) -> SquaredVariation.apply(tape, x, straight, diagonal),
        x -> Reference64.squaredVariation(x, shape, straight, diagonal));
  }

  @KernelProperty
  default void gramHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallSingle.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float scale = 0.75f / shape.area();
    // The projection's target has no symmetry, so neither has the gradient that Gram receives.
    Projection end = Projection.ofFloats(bench, values, Shape.matrix(shape.c(), shape.c()));
    GradientCheck.check(
        bench,
        "Gram",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> end.apply(tape, Gram.apply(tape, x, scale)),
        x -> end.reference(Reference64.gram(x, shape, scale)));
  }

  @KernelProperty
  default void gramMseHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallSingle.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float scale = 0.75f / shape.area();
    float weight = values.factor();
    double[] style = Reference64.gram(values.gaussianFeatures(shape), shape, scale);
    double[] target = new double[style.length];
    for (int i = 0; i < style.length; i++) {
      target[i] = Values.round(style[i], DType.F32);
    }
    Tensor targetGram = bench.floats(Shape.matrix(shape.c(), shape.c()), target);
    GradientCheck.check(
        bench,
        "GramMse",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> GramMse.apply(tape, x, targetGram, scale, weight),
        x -> Reference64.meanSquaredError(Reference64.gram(x, shape, scale), target, weight));
  }

  @KernelProperty
  default void mseHasTheGradientOfItsFormula(@ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    float weight = values.factor();
    double[] target = values.gaussianFeatures(some.shape());
    Tensor targetTensor = bench.features(some.shape(), target);
    GradientCheck.check(
        bench,
        "Mse",
        some.shape(),
        bench.backend().featureType(),
        values.gaussianFeatures(some.shape()),
        (tape, x) -> Mse.apply(tape, x, targetTensor, weight),
        x -> Reference64.meanSquaredError(x, target, weight));
  }

  @KernelProperty
  default void totalVariationHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    float across = values.factor();
    float down = values.factor();
    GradientCheck.check(
        bench,
        "TotalVariation",
        some.shape(),
        DType.F32,
        values.awayFromKinks(some.shape(), bench.tolerances().kinkMargin()),
        (tape, x) -> TotalVariation.apply(tape, x, across, down),
        x -> Reference64.totalVariation(x, some.shape(), across, down));
  }

  @KernelProperty
  default void normalizeHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] factor = values.gaussian(shape.c(), 2);
    double[] offset = values.gaussian(shape.c(), 2);
    Projection end = Projection.ofFloats(bench, values, shape);
    GradientCheck.check(
        bench,
        "Normalize",
        shape,
        DType.F32,
        values.gaussian(Reference64.size(shape), 1),
        (tape, x) ->
            end.apply(
                tape, Normalize.apply(tape, x, Workbench.single(factor), Workbench.single(offset))),
        x -> end.reference(Reference64.affine(x, shape, factor, offset)));
  }

  @KernelProperty
  default void addOfAConstantHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] constant = values.gaussianFeatures(some.shape());
    Tensor constantTensor = bench.features(some.shape(), constant);
    Projection end = Projection.ofFeatures(bench, values, some.shape());
    GradientCheck.check(
        bench,
        "Add",
        some.shape(),
        bench.backend().featureType(),
        values.gaussianFeatures(some.shape()),
        (tape, x) -> end.apply(tape, Add.apply(tape, tape.constant(constantTensor), x)),
        x -> end.reference(Reference64.add(x, constant)));
  }

  @KernelProperty
  default void scaleHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    float factor = values.factor();
    Projection end = Projection.ofFeatures(bench, values, some.shape());
    GradientCheck.check(
        bench,
        "Scale",
        some.shape(),
        bench.backend().featureType(),
        values.gaussianFeatures(some.shape()),
        (tape, x) -> end.apply(tape, Scale.apply(tape, x, factor)),
        x -> end.reference(Reference64.scale(x, factor)));
  }
}
