package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Mse;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Compares a gradient that a tape computed with central differences of a double-precision function.
 */
final class GradientCheck {

  /** Small against {@link Tolerances#kinkMargin}, large against the 1e-16 of double precision. */
  private static final double STEP = 1e-5;

  /** Gradient of the result itself, not 1 so that an operation that forgets it shows. */
  private static final float SEED = 0.5f;

  private static final int ALL_UP_TO = 48;
  private static final int SAMPLES = 16;

  private GradientCheck() {}

  /**
   * Fails unless value and gradient agree with the reference.
   *
   * @param shape of x
   * @param type of x on the backend
   * @param x where to take the gradient; representable in the type
   * @param graph builds the scalar from the leaf that holds x
   * @param reference the same scalar in double precision
   */
  static void check(
      Workbench bench,
      String name,
      Shape shape,
      DType type,
      double[] x,
      BiFunction<Tape, Variable, Variable> graph,
      ToDoubleFunction<double[]> reference) {
    Tape tape = new Tape(bench.backend(), bench.arena());
    Tensor input = bench.put(bench.poisoned(shape, type), x);
    long before = bench.arena().bytesInUse();
    Variable leaf = tape.leaf(input);
    Variable result = graph.apply(tape, leaf).retain();
    Tolerance tolerance = bench.tolerances().gradients();
    double[] value = {reference.applyAsDouble(x)};
    double magnitude = Math.abs(value[0]) + conditioning(tolerance, x, value[0], reference);
    bench.check(name + ", value", tolerance, value, magnitude, result.value());

    tape.backward(result, SEED);
    long kept =
        bench.backend().bytesFor(shape, type)
            + bench.backend().bytesFor(result.shape(), result.value().type());
    assertEquals(
        before + kept,
        bench.arena().bytesInUse(),
        () -> name + ": bytes in use besides the gradient and the retained result");
    assertEquals(shape, tape.gradient(leaf).shape());
    double[] gradient = bench.read(tape.gradient(leaf));
    int[] coordinates = coordinates(bench, shape);
    double[] expected = new double[coordinates.length];
    double[] actual = new double[coordinates.length];
    for (int i = 0; i < coordinates.length; i++) {
      expected[i] = SEED * centralDifference(x, coordinates[i], reference);
      actual[i] = gradient[coordinates[i]];
    }
    bench.check(name + ", gradient", tolerance, expected, Workbench.largest(expected), actual);
    bench.checkExact("the leaf of " + name, x, input);
  }

  /**
   * Returns what to add to the magnitude of a value that is a difference of nearly equal numbers:
   * it moves by so much when the input is as inexact as the tolerance allows.
   */
  private static double conditioning(
      Tolerance tolerance, double[] x, double value, ToDoubleFunction<double[]> function) {
    double[] moved = Reference64.scale(x, 1 + tolerance.rel());
    return Math.abs(function.applyAsDouble(moved) - value) / tolerance.abs();
  }

  private static double centralDifference(
      double[] x, int coordinate, ToDoubleFunction<double[]> function) {
    double[] moved = x.clone();
    moved[coordinate] = x[coordinate] + STEP;
    double above = function.applyAsDouble(moved);
    moved[coordinate] = x[coordinate] - STEP;
    double below = function.applyAsDouble(moved);
    return (above - below) / (2 * STEP);
  }

  /**
   * Returns every coordinate of a small tensor, else the corners of its first and last map and
   * some.
   */
  private static int[] coordinates(Workbench bench, Shape shape) {
    int size = Reference64.size(shape);
    if (size <= ALL_UP_TO) {
      return IntStream.range(0, size).toArray();
    }
    int map = shape.area();
    IntStream corners = IntStream.of(0, shape.w() - 1, map - shape.w(), map - 1);
    IntStream lastCorners =
        IntStream.of(0, shape.w() - 1, map - shape.w(), map - 1).map(i -> size - map + i);
    IntStream anywhere =
        IntStream.of(new Values(size, bench.backend().featureType()).indices(SAMPLES, size));
    return IntStream.concat(IntStream.concat(corners, lastCorners), anywhere).distinct().toArray();
  }

  /**
   * Makes a scalar of any output: its mean squared difference to random numbers, whose gradient is
   * a random number at each element.
   */
  record Projection(Tensor target, double[] numbers) {

    private static final float WEIGHT = 3;

    static Projection ofFeatures(Workbench bench, Values values, Shape shape) {
      double[] numbers = values.gaussianFeatures(shape);
      return new Projection(bench.features(shape, numbers), numbers);
    }

    static Projection ofFloats(Workbench bench, Values values, Shape shape) {
      double[] numbers = values.gaussian(Reference64.size(shape), 1);
      return new Projection(bench.floats(shape, numbers), numbers);
    }

    Variable apply(Tape tape, Variable output) {
      return Mse.apply(tape, output, target, WEIGHT);
    }

    double reference(double[] output) {
      return Reference64.meanSquaredError(output, numbers, WEIGHT);
    }
  }
}
