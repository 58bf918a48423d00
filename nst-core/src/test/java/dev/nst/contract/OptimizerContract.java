package dev.nst.contract;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Replay;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What the optimiser's step and recordings of steps must do. */
interface OptimizerContract extends OnBench {

  @KernelProperty
  default void adamFollowsThePaperOverSeveralSteps(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    int size = Reference64.size(shape);
    AdamParameters parameters =
        some.channels() % 2 == 0
            ? AdamParameters.withLearningRate(0.004)
            : new AdamParameters(0.5, 0.5, 0.75, 1e-3);
    // From zero, so that a step's rounding is not lost in that of a large x.
    double[] start = new double[size];
    AdamState state = new AdamState(bench, shape, start);
    ReferenceAdam64 reference = new ReferenceAdam64(start, parameters);
    double distance = 0;
    for (int step = 1; step <= 6; step++) {
      double[] g = values.floats(shape);
      Tensor gradient = bench.floats(shape, g);
      state.step(gradient, parameters);
      reference.step(g);
      distance += parameters.learningRate();
      state.check(reference, step, distance);
      bench.checkExact("adamStep leaves the gradient alone", g, gradient);
      gradient.release();
    }
  }

  @Example
  default void adamStandsStillWithoutAGradient() {
    Workbench bench = bench();
    Shape shape = Shape.features(3, 5, 7);
    double[] x = new Values(1, bench.backend().featureType()).floats(shape);
    AdamState state = new AdamState(bench, shape, x);
    state.step(bench.floats(shape, new double[x.length]), AdamParameters.withLearningRate(1));
    bench.checkExact("adamStep with a zero gradient", x, state.x());
  }

  @Example
  default void aRecordedStepRunsOnceWhenRecordedAndOnceForEachReplay() {
    Workbench bench = bench();
    Shape shape = Shape.features(3, 7, 5);
    Values values = new Values(2, bench.backend().featureType());
    AdamParameters parameters = AdamParameters.withLearningRate(0.1);
    double[] start = values.gaussian(Reference64.size(shape), 1);
    ReferenceAdam64 reference = new ReferenceAdam64(start, parameters);
    AdamState state = new AdamState(bench, shape, start);
    double[] g = values.gaussian(start.length, 1);
    Tensor gradient = bench.floats(shape, g);
    try (Replay replay = bench.backend().record(() -> state.step(gradient, parameters))) {
      reference.step(g);
      state.check(reference, 1, 2);
      // The recording refers to the tensors, not to what they held.
      double[] other = values.gaussian(start.length, 1);
      bench.put(gradient, other);
      for (int step = 2; step <= 4; step++) {
        replay.run();
        reference.step(other);
        state.check(reference, step, 2);
      }
    }
  }

  /** The tensors of an optimiser at its start. */
  record AdamState(Workbench bench, Tensor x, Tensor m, Tensor v, Tensor count, Tensor apply) {

    AdamState(Workbench bench, Shape shape, double[] x) {
      this(
          bench,
          bench.floats(shape, x),
          bench.floats(shape, new double[x.length]),
          bench.floats(shape, new double[x.length]),
          bench.floats(Shape.scalar(), 0),
          bench.floats(Shape.scalar(), 1));
    }

    void step(Tensor gradient, AdamParameters parameters) {
      bench.backend().adamStep(x, m, v, count, gradient, apply, parameters);
    }

    void check(ReferenceAdam64 reference, int steps, double magnitude) {
      Tolerance tolerance = bench.tolerances().sums();
      bench.checkExact("adamStep, count", new double[] {steps}, count);
      bench.check("adamStep, x", tolerance, reference.x(), magnitude, x);
      bench.check("adamStep, m", tolerance, reference.m(), Workbench.largest(reference.m()), m);
      bench.check("adamStep, v", tolerance, reference.v(), 0, v);
    }
  }
}
