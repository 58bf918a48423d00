package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.LossScaling;
import dev.nst.backend.Replay;
import dev.nst.contract.OptimizerContract.AdamState;
import dev.nst.optim.Adam;
import dev.nst.optim.GradScaler;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What dynamic loss scaling must do. */
interface LossScalingContract extends OnBench {

  /** Grows after three good gradients, by other factors than the usual ones. */
  LossScaling EAGER = new LossScaling(64, 4, 0.25f, 3, 2, 4096);

  @KernelProperty
  default void unscaleDividesAndCountsFiniteGradients(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    double[] g = some.values(bench).floats(some.shape());
    float scale = some.channels() % 2 == 0 ? 1024 : 3;
    ScalerState state = new ScalerState(bench, some.shape(), scale, 0);
    state.put(g);
    state.unscale(EAGER);
    double[] expected = Reference64.scale(g, 1.0 / scale);
    bench.check("unscale", bench.tolerances().sums(), expected, 0, state.gradient());
    state.check("a finite gradient", scale, 1, 1);
  }

  @KernelProperty
  default void unscaleRefusesAGradientWithOneElementThatIsNoNumber(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] g = values.floats(some.shape());
    double[] bad = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    int[] places = {0, g.length - 1, values.indices(1, g.length)[0]};
    for (int i = 0; i < bad.length; i++) {
      double[] spoilt = g.clone();
      spoilt[places[i]] = bad[i];
      ScalerState state = new ScalerState(bench, some.shape(), 64, 2);
      state.put(spoilt);
      state.unscale(EAGER);
      state.check(bad[i] + " at " + places[i], 16, 0, 0);
    }
  }

  @Example
  default void theScaleGrowsAfterTheIntervalUpToItsLimit() {
    Workbench bench = bench();
    Shape shape = Shape.features(3, 5, 7);
    double[] g = new double[Reference64.size(shape)];
    Arrays.fill(g, 12);
    ScalerState state = new ScalerState(bench, shape, 64, 0);
    double[][] scaleAndStreak = {
      {64, 1}, {64, 2}, {256, 0}, {256, 1}, {256, 2}, {1024, 0}, {1024, 1}, {1024, 2}, {4096, 0},
      {4096, 1}, {4096, 2}, {4096, 0}, {4096, 1}
    };
    for (double[] expected : scaleAndStreak) {
      state.put(g);
      state.unscale(EAGER);
      state.check("a finite gradient", expected[0], expected[1], 1);
    }
  }

  @Example
  default void theScaleFallsDownToItsLimitAndAGoodGradientEndsTheFall() {
    Workbench bench = bench();
    Shape shape = Shape.features(1, 2, 3);
    double[] bad = {1, 2, Double.NaN, 4, 5, Double.POSITIVE_INFINITY};
    double[] good = {1, 2, 3, 4, 5, 6};
    ScalerState state = new ScalerState(bench, shape, 64, 1);
    for (double expected : new double[] {16, 4, 2, 2}) {
      state.put(bad);
      state.unscale(EAGER);
      state.check("a gradient that is not finite", expected, 0, 0);
    }
    state.put(good);
    state.unscale(EAGER);
    state.check("a finite gradient", 2, 1, 1);
    bench.checkExact("unscale by 2", Reference64.scale(good, 0.5), state.gradient());
  }

  @Example
  default void theGradientIsDividedByTheScaleThatItWasMadeWith() {
    Workbench bench = bench();
    Shape shape = Shape.vector(5);
    double[] g = {64, 128, -256, 0, 32};
    ScalerState state = new ScalerState(bench, shape, 64, 2);
    state.put(g);
    state.unscale(EAGER);
    bench.checkExact("unscale", new double[] {1, 2, -4, 0, 0.5}, state.gradient());
    state.check("the third finite gradient", 256, 0, 1);
  }

  @Example
  default void unscaleTakesTheLargestAndSmallestNumbersForFinite() {
    Workbench bench = bench();
    ScalerState state = new ScalerState(bench, Shape.vector(4), 2, 0);
    double[] g = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_NORMAL * 2, 0};
    state.put(g);
    state.unscale(EAGER);
    bench.checkExact("unscale", Reference64.scale(g, 0.5), state.gradient());
    state.check("the largest numbers", 2, 1, 1);
  }

  @KernelProperty
  default void adamLeavesAStepOutWhateverTheGradientHolds(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] start = values.floats(some.shape());
    AdamParameters parameters = AdamParameters.withLearningRate(0.5);
    AdamState state = new AdamState(bench, some.shape(), start);
    Tensor gradient = bench.floats(some.shape(), values.gaussian(start.length, 1));
    state.step(gradient, parameters);
    double[] x = bench.read(state.x());
    double[] m = bench.read(state.m());
    double[] v = bench.read(state.v());
    double[] nonsense = new double[start.length];
    for (double any : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 7}) {
      Arrays.fill(nonsense, any);
      bench.put(gradient, nonsense);
      bench.put(state.apply(), 0);
      state.step(gradient, parameters);
      bench.checkExact("adamStep without apply, x", x, state.x());
      bench.checkExact("adamStep without apply, m", m, state.m());
      bench.checkExact("adamStep without apply, v", v, state.v());
      bench.checkExact("adamStep without apply, count", new double[] {1}, state.count());
    }
  }

  @Example
  default void aRecordedStepLeavesOutBadGradientsAndGoesOnWithGoodOnes() {
    Workbench bench = bench();
    Shape shape = Shape.features(3, 7, 5);
    Values values = new Values(3, bench.backend().featureType());
    AdamParameters parameters = AdamParameters.withLearningRate(0.1);
    double[] start = values.gaussian(Reference64.size(shape), 1);
    double[] g = values.gaussian(start.length, 1);
    double[] bad = g.clone();
    bad[17] = Double.NaN;
    ReferenceAdam64 reference = new ReferenceAdam64(start, parameters);
    GradScaler scaler = new GradScaler(bench.backend(), bench.arena(), EAGER, true);
    Tensor x = bench.floats(shape, start);
    Adam adam = new Adam(bench.backend(), bench.arena(), shape, parameters);
    Tensor scaled = bench.floats(shape, bad);
    Runnable step =
        () -> {
          scaler.unscale(scaled);
          adam.step(x, scaled, scaler.apply());
        };
    try (Replay replay = bench.backend().record(step)) {
      bench.checkExact("x after a bad gradient", start, x);
      bench.checkExact("scale after a bad gradient", new double[] {16}, scaler.scale());
      for (double scale : new double[] {16, 16, 16, 64}) {
        bench.checkExact("scale", new double[] {scale}, scaler.scale());
        bench.put(scaled, Reference64.scale(g, scale));
        replay.run();
        reference.step(g);
        bench.check("x", bench.tolerances().sums(), reference.x(), 3, x);
      }
      double[] reached = bench.read(x);
      bench.put(scaled, bad);
      replay.run();
      bench.checkExact("x after another bad gradient", reached, x);
      bench.checkExact("scale after another bad gradient", new double[] {16}, scaler.scale());
    }
  }

  @Example
  default void aScalerIsExhaustedWhenItsSmallestScaleIsStillTooLarge() {
    Workbench bench = bench();
    GradScaler scaler = new GradScaler(bench.backend(), bench.arena(), EAGER, true);
    Tensor gradient = bench.floats(Shape.scalar(), Double.POSITIVE_INFINITY);
    for (double scale : new double[] {64, 16, 4}) {
      assertFalse(scaler.isExhausted());
      bench.checkExact("scale", new double[] {scale}, scaler.scale());
      scaler.unscale(gradient);
    }
    assertFalse(scaler.isExhausted());
    bench.checkExact("scale", new double[] {2}, scaler.scale());
    scaler.unscale(gradient);
    assertTrue(scaler.isExhausted());
    bench.put(gradient, 3);
    scaler.unscale(gradient);
    assertFalse(scaler.isExhausted());
  }

  @Example
  default void aDisabledScalerLetsEverythingPass() {
    Workbench bench = bench();
    GradScaler scaler = new GradScaler(bench.backend(), bench.arena(), EAGER, false);
    double[] g = {1, 3, 5};
    Tensor gradient = bench.floats(Shape.vector(3), g);
    for (int i = 0; i < 5; i++) {
      scaler.unscale(gradient);
    }
    bench.checkExact("gradient", g, gradient);
    bench.checkExact("scale", new double[] {1}, scaler.scale());
    bench.checkExact("apply", new double[] {1}, scaler.apply());
  }

  /** The tensors of a scaler, and a gradient for it. */
  record ScalerState(Workbench bench, Tensor gradient, Tensor scale, Tensor streak, Tensor apply) {

    ScalerState(Workbench bench, Shape shape, double scale, double streak) {
      this(
          bench,
          bench.poisonedFloats(shape),
          bench.floats(Shape.scalar(), scale),
          bench.floats(Shape.scalar(), streak),
          bench.poisonedFloats(Shape.scalar()));
    }

    void put(double[] values) {
      bench.put(gradient, values);
    }

    void unscale(LossScaling parameters) {
      bench.backend().unscale(gradient, scale, streak, apply, parameters);
    }

    void check(String after, double newScale, double newStreak, double newApply) {
      bench.checkExact("scale after " + after, new double[] {newScale}, scale);
      bench.checkExact("streak after " + after, new double[] {newStreak}, streak);
      bench.checkExact("apply after " + after, new double[] {newApply}, apply);
    }
  }
}
