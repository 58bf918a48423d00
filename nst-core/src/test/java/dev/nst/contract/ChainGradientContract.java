package dev.nst.contract;

import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.Conv2d;
import dev.nst.autograd.op.Gram;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Relu;
import dev.nst.autograd.op.Scale;
import dev.nst.contract.GradientCheck.Projection;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** Gradients through several operations, and into variables that several operations read. */
interface ChainGradientContract extends OnBench {

  @KernelProperty
  default void aChainFromConvolutionToGramHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase any) {
    Workbench bench = bench();
    MapCase some = any.awayFromBends(bench);
    Values values = some.values(bench);
    Shape shape = new Shape(1, some.shape().c(), some.shape().h(), some.shape().w());
    Shape map = shape.withChannels(some.channels());
    Filter filter = bench.gaussianFilter(values, some.channels(), shape.c());
    Shape square = Shape.matrix(map.c(), map.c());
    Projection end = Projection.ofFloats(bench, values, square);
    float scale = 1f / map.pooled().area();
    double[] input =
        Kinks.avoid(
            () -> values.gaussianFeatures(shape),
            x -> {
              double[] y = filter.convolve(x, shape);
              return Math.min(Kinks.ofRelu(y), Kinks.ofMaxPool(Reference64.relu(y), map));
            },
            bench.tolerances().kinkMargin());
    GradientCheck.check(
        bench,
        "Conv2d, Relu, MaxPool2d, Gram",
        shape,
        bench.backend().featureType(),
        input,
        (tape, x) -> {
          Variable y = Relu.apply(tape, Conv2d.apply(tape, x, filter.prepared()));
          return end.apply(tape, Gram.apply(tape, MaxPool2d.apply(tape, y, 1), scale));
        },
        x -> {
          double[] y = Reference64.relu(filter.convolve(x, shape));
          return end.reference(
              Reference64.gram(Reference64.maxPool(y, map, 1), map.pooled(), scale));
        });
  }

  @KernelProperty
  default void aSmallStyleTransferHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase any) {
    Workbench bench = bench();
    MapCase some = any.awayFromBends(bench);
    SmallTransfer transfer = new SmallTransfer(bench, some);
    Values values = some.values(bench);
    Shape image = transfer.image();
    double[] input =
        Kinks.avoid(
            () -> values.awayFromKinks(image, bench.tolerances().kinkMargin()),
            transfer::distanceToKinks,
            bench.tolerances().kinkMargin());
    GradientCheck.check(
        bench,
        "a small style transfer",
        image,
        DType.F32,
        input,
        transfer::apply,
        transfer::reference);
  }

  @KernelProperty
  default void aVariableReadByThreeOperationsGetsTheSumOfTheirGradients(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Projection first = Projection.ofFeatures(bench, values, shape);
    Projection second = Projection.ofFeatures(bench, values, shape);
    GradientCheck.check(
        bench,
        "a variable read thrice",
        shape,
        bench.backend().featureType(),
        values.awayFromKinks(shape, bench.tolerances().kinkMargin()),
        (tape, x) -> {
          Variable one = first.apply(tape, x);
          Variable sum = Add.apply(tape, Relu.apply(tape, x), Scale.apply(tape, x, -2));
          return Add.apply(tape, one, second.apply(tape, sum));
        },
        x ->
            first.reference(x)
                + second.reference(Reference64.add(Reference64.relu(x), Reference64.scale(x, -2))));
  }

  @KernelProperty
  default void aVariableAddedToItselfGetsTwiceTheGradient(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Projection end = Projection.ofFeatures(bench, values, some.shape());
    GradientCheck.check(
        bench,
        "a variable added to itself",
        some.shape(),
        bench.backend().featureType(),
        values.gaussianFeatures(some.shape()),
        (tape, x) -> end.apply(tape, Add.apply(tape, x, x)),
        x -> end.reference(Reference64.scale(x, 2)));
  }

  @KernelProperty
  default void aTapWhoseLossIsRecordedLastAddsToTheGradientOfItsMap(
      @ForAll(supplier = MapCase.SmallPoolable.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape map = shape.withChannels(some.channels());
    Filter filter = bench.gaussianFilter(values, some.channels(), shape.c());
    Projection tap = Projection.ofFeatures(bench, values, map);
    Projection end = Projection.ofFeatures(bench, values, map.pooled());
    GradientCheck.check(
        bench,
        "a tap recorded last",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> {
          Variable y = Conv2d.apply(tape, x, filter.prepared());
          Variable deep = end.apply(tape, AveragePool2d.apply(tape, y, 2));
          return Add.apply(tape, deep, tap.apply(tape, y));
        },
        x -> {
          double[] y = filter.convolve(x, shape);
          return end.reference(Reference64.averagePool(y, map, 2)) + tap.reference(y);
        });
  }

  @Example
  default void everyOperationAddsToAGradientThatIsAlreadyThere() {
    Workbench bench = bench();
    for (SmallGraph graph : SmallGraph.ofEveryOperation(bench)) {
      double[] alone = graph.gradient();
      double[] other = graph.gradientOfProjection();
      bench.check(
          "any operation, added",
          bench.tolerances().gradients(),
          Reference64.add(alone, other),
          Workbench.largest(alone) + Workbench.largest(other),
          graph.gradientBesidesProjection());
    }
  }
}
