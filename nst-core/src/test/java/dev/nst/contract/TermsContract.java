package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GradientNormalization;
import dev.nst.autograd.op.L2Pool2d;
import dev.nst.autograd.op.Mse;
import dev.nst.autograd.op.ReplicatedConv2dBiasRelu;
import dev.nst.loss.GramDivisor;
import dev.nst.loss.GramLoss;
import dev.nst.loss.Moments;
import dev.nst.loss.TotalVariationLoss;
import dev.nst.loss.TvForm;
import dev.nst.loss.WassersteinLoss;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.Example;

/**
 * The terms of the field's other systems against what PyTorch makes of their formulas in float64
 * ({@code scripts/goldens/make_terms_golden.py}).
 */
interface TermsContract extends OnBench {

  /** Where the smaller golden maps come from: 24 channels, some dead. */
  Shape MAPS = Shape.features(24, 9, 7);

  Shape PICTURE = Shape.features(3, 13, 11);

  private static Goldens goldens() throws IOException {
    return Goldens.read("terms.safetensors");
  }

  /** The first numbers of a synthetic picture. */
  private static double[] numbers(int number, Shape shape) {
    int size = Reference64.size(shape);
    int side = (int) Math.ceil(Math.sqrt(size / 3.0));
    float[] picture = SyntheticImages.image(number, side, side);
    return IntStream.range(0, size).mapToDouble(i -> picture[i]).toArray();
  }

  /** What is above 0.5 of a synthetic picture, every eighth channel dead. */
  private static double[] maps(int number, Shape shape) {
    double[] values = numbers(number, shape);
    for (int i = 0; i < values.length; i++) {
      boolean dead = i / shape.area() % 8 == 0;
      values[i] = dead ? 0 : 8 * Math.max(values[i] - 0.5, 0);
    }
    return values;
  }

  /** A value with its gradient. */
  record Evaluated(double[] value, double[] gradient) {}

  private Evaluated evaluate(
      Shape shape, DType type, double[] x, BiFunction<Tape, Variable, Variable> graph) {
    Workbench bench = bench();
    Tape tape = new Tape(bench.backend(), bench.arena());
    Variable leaf = tape.leaf(bench.put(bench.poisoned(shape, type), x));
    Variable result = graph.apply(tape, leaf).retain();
    double[] value = bench.read(result.value());
    if (result.shape().size() == 1) {
      tape.backward(result, 1);
      return new Evaluated(value, bench.read(tape.gradient(leaf)));
    }
    return new Evaluated(value, new double[0]);
  }

  private DType featureType() {
    return bench().backend().featureType();
  }

  /** Fails if the distance is more than a share of the reference's norm. */
  private void checkNorm(String what, float[] reference, double[] actual, double share) {
    assertEquals(reference.length, actual.length, what);
    double distance = distance(reference, actual);
    assertTrue(distance <= share, what + " is off by " + distance + ", tolerated is " + share);
  }

  private static double distance(float[] reference, double[] actual) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < reference.length; i++) {
      error += Math.pow(actual[i] - reference[i], 2);
      norm += (double) reference[i] * reference[i];
    }
    return Math.sqrt(error / norm);
  }

  private double share() {
    return 2 * bench().tolerances().gradients().rel();
  }

  @Example
  default void theWassersteinTermIsThatOfTwelveNewtonSchulzSteps() throws IOException {
    checkWasserstein("wasserstein.many", Shape.features(24, 25, 20));
    checkWasserstein("wasserstein.wide", Shape.features(96, 6, 6));
  }

  @Example
  default void theWassersteinTermStandsAsManyChannelsAsTheNetworkHas() throws IOException {
    // Elsewhere, on plain loops and on an emulated device, its 40 products of 512^3 take minutes.
    if (bench().backend().name().startsWith("cpu-vector")) {
      checkWasserstein("wasserstein.full", Shape.features(512, 12, 12));
    }
  }

  private void checkWasserstein(String name, Shape shape) throws IOException {
    Workbench bench = bench();
    Goldens golden = goldens();
    Tensor painting = bench.features(shape, maps(22, shape));
    Moments moments = Moments.of(bench.backend(), bench.arena(), painting);
    WassersteinLoss loss = WassersteinLoss.of(bench.backend(), bench.arena(), moments, 1);
    Evaluated found = evaluate(shape, featureType(), maps(21, shape), loss::apply);
    float value = golden.values(name + ".value")[0];
    // Directions in which the features hardly vary amplify the rounding of the others.
    double share = Math.max(1e-3, 4 * share());
    assertEquals(value, found.value()[0], share * value, name);
    int step = Math.max(1, found.gradient().length / 4096);
    double[] kept =
        IntStream.iterate(0, i -> i < found.gradient().length, i -> i + step)
            .mapToDouble(i -> found.gradient()[i])
            .toArray();
    checkNorm(name + ", closed form", golden.values(name + ".closed"), kept, share);
    // With fewer positions than channels the iteration has not converged and all three part.
    double unconverged = name.endsWith("many") ? 0.01 : 0.15;
    checkNorm(name + ", taped", golden.values(name + ".taped"), kept, share + unconverged);
    checkNorm(name + ", eigensolver", golden.values(name + ".eigen"), kept, share + unconverged);
  }

  @Example
  default void theWassersteinTermHasTheGradientOfItsFormulaWhereTheStepsConverge() {
    Workbench bench = bench();
    Shape shape = Shape.features(5, 9, 7);
    Values values = new Values(17, featureType());
    double[] style = values.gaussianFeatures(shape);
    Tensor painting = bench.features(shape, style);
    Moments moments = Moments.of(bench.backend(), bench.arena(), painting);
    WassersteinLoss loss = WassersteinLoss.of(bench.backend(), bench.arena(), moments, 3);
    Wasserstein64 reference = new Wasserstein64(style, shape);
    GradientCheck.check(
        bench,
        "Wasserstein",
        shape,
        featureType(),
        values.gaussianFeatures(shape),
        loss::apply,
        x -> 3 * reference.of(x));
  }

  @Example
  default void theWassersteinTermVanishesWhereTheMomentsAgree() {
    Workbench bench = bench();
    double[] x = maps(21, MAPS);
    Tensor painting = bench.features(MAPS, x);
    Moments moments = Moments.of(bench.backend(), bench.arena(), painting);
    moments.scale(bench.backend(), 0.25);
    moments.add(bench.backend(), Moments.of(bench.backend(), bench.arena(), painting), 0.75);
    WassersteinLoss loss = WassersteinLoss.of(bench.backend(), bench.arena(), moments, 1);
    Evaluated found = evaluate(MAPS, featureType(), x, loss::apply);
    double second = Reference64.meanSquaredError(x, new double[x.length], 1);
    assertEquals(0, found.value()[0], 2e-3 * second);
  }

  @Example
  default void everyFormOfTotalVariationIsThatOfItsSystem() throws IOException {
    Goldens golden = goldens();
    for (TvForm form : new TvForm[] {TvForm.NINE_POINT, TvForm.SUM_ABSOLUTE, TvForm.SUM_SQUARED}) {
      String name = "tv." + form.name().toLowerCase(Locale.ROOT);
      TotalVariationLoss loss = new TotalVariationLoss(1, form);
      Evaluated found = evaluate(PICTURE, DType.F32, numbers(23, PICTURE), loss::apply);
      float value = golden.values(name + ".value")[0];
      assertEquals(value, found.value()[0], 1e-5 * value, name);
      checkNorm(name, golden.values(name + ".gradient"), found.gradient(), 1e-5);
    }
  }

  @Example
  default void l2PoolingIsTheRootOfFourTimesTheMeanSquare() throws IOException {
    Goldens golden = goldens();
    double[] x = maps(24, MAPS);
    Evaluated found =
        evaluate(MAPS, featureType(), x, (tape, map) -> L2Pool2d.apply(tape, map, 0.78f));
    checkNorm("l2 pooling", golden.values("l2pool.value"), found.value(), share());
    Workbench bench = bench();
    double[] direction = IntStream.range(0, 24 * 12).mapToDouble(Math::cos).toArray();
    Tensor dx = bench.poisonedFeatures(MAPS);
    Tensor dy = bench.features(MAPS.pooled(), direction);
    bench.backend().l2Pool2x2Backward(dx, dy, bench.features(MAPS, x), 0.78f);
    checkNorm("its gradient", golden.values("l2pool.gradient"), bench.read(dx), share());
  }

  private GramLoss gramLoss() {
    Workbench bench = bench();
    Tensor painting = bench.features(MAPS, maps(25, MAPS));
    Tensor target =
        GramLoss.target(
            bench.backend(), bench.arena(), painting, GramDivisor.ELEMENTS, Optional.empty());
    return new GramLoss(target, 1, GramDivisor.ELEMENTS, Optional.empty());
  }

  @Example
  default void aGramMatrixOverItsElementsIsThatOfNeuralStyle() throws IOException {
    Goldens golden = goldens();
    Evaluated found = evaluate(MAPS, featureType(), maps(24, MAPS), gramLoss()::apply);
    float value = golden.values("gram.value")[0];
    assertEquals(value, found.value()[0], 2 * share() * value);
    // A difference of two like matrices, each rounded.
    checkNorm("gradient", golden.values("gram.gradient"), found.gradient(), 4 * share());
  }

  @Example
  default void aNormalizedGradientHasTheStrengthWhateverTheSeed() throws IOException {
    float[] expected = goldens().values("gram.normalized_gradient");
    Workbench bench = bench();
    for (float seed : new float[] {1, 64}) {
      GramLoss loss = gramLoss();
      Tensor scale = bench.floats(Shape.scalar(), seed);
      Tape tape = new Tape(bench.backend(), bench.arena());
      Variable leaf = tape.leaf(bench.features(MAPS, maps(24, MAPS)));
      tape.backward(loss.apply(tape, GradientNormalization.apply(tape, leaf, scale, 3)), scale);
      double[] gradient = Reference64.scale(bench.read(tape.gradient(leaf)), 1 / seed);
      checkNorm("gradient from seed " + seed, expected, gradient, 4 * share());
    }
  }

  @Example
  default void aReplicatedPictureIsConvolvedAsIfItWentOn() throws IOException {
    Goldens golden = goldens();
    Workbench bench = bench();
    double[] weights = Workbench.wide(SyntheticWeights.source().read("features.0.weight"));
    double[] bias = Workbench.wide(SyntheticWeights.source().read("features.0.bias"));
    Workbench.Filter filter = bench.filter(weights, bias, 3);
    Tape tape = new Tape(bench.backend(), bench.arena());
    Variable leaf = tape.leaf(bench.floats(PICTURE, numbers(23, PICTURE)));
    Variable map = ReplicatedConv2dBiasRelu.apply(tape, leaf, filter.prepared());
    float[] expected = golden.values("replicated.value");
    double[] found = Arrays.copyOf(bench.read(map.value()), expected.length);
    checkNorm("the map", expected, found, share());
    Shape shape = PICTURE.withChannels(64);
    double[] around = IntStream.range(0, Reference64.size(shape)).mapToDouble(Math::cos).toArray();
    // The gradient of sum(map * around) is that of N / 2 * mean((map - target)^2) where target is
    // map - around.
    double[] target = Reference64.add(bench.read(map.value()), Reference64.scale(around, -1));
    Tensor constant = bench.features(shape, target);
    float half = Reference64.size(shape) / 2f;
    tape.backward(Mse.apply(tape, map, constant, half), 1);
    double[] gradient = bench.read(tape.gradient(leaf));
    checkNorm("its gradient", golden.values("replicated.gradient"), gradient, 4 * share());
  }
}
