package dev.nst.contract;

import dev.nst.autograd.op.Mask;
import dev.nst.contract.GradientCheck.Projection;
import dev.nst.loss.GramDivisor;
import dev.nst.loss.GramLoss;
import dev.nst.loss.Guide;
import dev.nst.loss.RegionMask;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Optional;
import net.jqwik.api.ForAll;

/** What masks and guided Gram matrices must do. */
interface RegionContract extends OnBench {

  @KernelProperty
  default void maskHasTheGradientOfItsFormula(
      @ForAll(supplier = MapCase.Small.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] mask = values.gaussian(shape.area(), 1);
    Tensor factors = bench.floats(Shape.matrix(shape.h(), shape.w()), mask);
    Projection end = Projection.ofFeatures(bench, values, shape);
    GradientCheck.check(
        bench,
        "Mask",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        (tape, x) -> end.apply(tape, Mask.apply(tape, x, factors)),
        x -> end.reference(masked(x, mask)));
  }

  private static double[] masked(double[] x, double[] mask) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= mask[i % mask.length];
    }
    return y;
  }

  @KernelProperty
  default void aGuidedGramLossSeesOnlyItsRegion(
      @ForAll(supplier = MapCase.SmallSingle.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    float[] region = new float[shape.area()];
    double[] roots = new double[region.length];
    double sum = 0;
    for (int i = 0; i < region.length; i++) {
      region[i] = i == 0 ? 1 : (i * 5 % 4) / 4f;
      roots[i] = (float) Math.sqrt(region[i]);
      sum += region[i];
    }
    Optional<Guide> guide =
        Optional.of(
            Guide.of(bench.backend(), bench.arena(), new RegionMask(shape.w(), shape.h(), region)));
    double[] style = values.gaussianFeatures(shape);
    Tensor target =
        GramLoss.target(
            bench.backend(),
            bench.arena(),
            bench.features(shape, style),
            GramDivisor.POSITIONS,
            guide);
    double scale = 1 / sum;
    double[] expected = Reference64.gram(masked(style, roots), shape, scale);
    double[] absolute = Reference64.gram(Workbench.abs(masked(style, roots)), shape, scale);
    bench.check(
        "guided Gram matrix",
        bench.tolerances().gradients(),
        expected,
        Workbench.largest(absolute),
        target);
    double[] other = new double[expected.length];
    Tensor nothing = bench.floats(target.shape(), other);
    GramLoss loss = new GramLoss(nothing, 2, GramDivisor.POSITIONS, guide);
    GradientCheck.check(
        bench,
        "GramLoss, guided",
        shape,
        bench.backend().featureType(),
        values.gaussianFeatures(shape),
        loss::apply,
        x ->
            Reference64.meanSquaredError(
                Reference64.gram(masked(x, roots), shape, scale), other, 2));
  }
}
