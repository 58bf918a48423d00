package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.Conv2d;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.Gram;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Mse;
import dev.nst.autograd.op.Normalize;
import dev.nst.autograd.op.Relu;
import dev.nst.autograd.op.Scale;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.function.BiConsumer;
import net.jqwik.api.Example;
import org.junit.jupiter.api.function.Executable;

/** What the tape does with variables, values and memory. */
interface TapeContract extends OnBench {

  /** The shape of every map in these tests. */
  Shape MAP = Shape.features(3, 4, 5);

  private Tape tape() {
    return new Tape(bench().backend(), bench().arena());
  }

  private Tensor map() {
    return bench()
        .features(MAP, new Values(9, bench().backend().featureType()).gaussianFeatures(MAP));
  }

  private long mapBytes() {
    return bench().backend().bytesFor(MAP, bench().backend().featureType());
  }

  private long scalarBytes() {
    return bench().backend().bytesFor(Shape.scalar(), DType.F32);
  }

  @Example
  default void nothingIsWrittenDownForConstants() {
    Tape tape = tape();
    Tensor target = map();
    Variable rectified = Relu.apply(tape, tape.constant(map()));
    Variable loss = Mse.apply(tape, rectified, target, 1);
    assertFalse(rectified.requiresGradient());
    assertFalse(loss.requiresGradient());
    assertThrows(IllegalArgumentException.class, () -> tape.backward(loss, 1));

    Variable leaf = tape.leaf(map());
    tape.backward(Mse.apply(tape, leaf, target, 1), 1);
    // What is not written down is not walked, hence not released.
    assertEquals(60, bench().read(rectified.value()).length);
  }

  @Example
  default void backwardStartsFromAScalarOnly() {
    Tape tape = tape();
    Variable map = Relu.apply(tape, tape.leaf(map()));
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> tape.backward(map, 1));
    assertTrue(refusal.getMessage().contains(MAP.toString()), refusal.getMessage());
  }

  @Example
  default void aLeafThatNothingReachedHasNoGradient() {
    Tape tape = tape();
    Variable used = tape.leaf(map());
    Variable unused = tape.leaf(map());
    Variable constant = tape.constant(map());
    Variable sum = Add.apply(tape, used, constant);
    tape.backward(Mse.apply(tape, sum, map(), 1), 1);
    assertEquals(MAP, tape.gradient(used).shape());
    assertThrows(IllegalStateException.class, () -> tape.gradient(unused));
    assertThrows(IllegalStateException.class, () -> tape.gradient(constant));
  }

  @Example
  default void theSeedScalesTheGradient() {
    double[] once = gradientOfAPath(1);
    double[] timesFour = gradientOfAPath(4);
    bench()
        .check(
            "backward, seed",
            bench().tolerances().gradients(),
            Reference64.scale(once, 4),
            Workbench.largest(timesFour),
            timesFour);
  }

  @Example
  default void theSeedMayLieOnTheDevice() {
    Tensor seed = bench().floats(Shape.scalar(), 4);
    double[] seeded = gradientOfAPath((tape, loss) -> tape.backward(loss, seed));
    bench().checkExact("the seed is left alone", new double[] {4}, seed);
    assertArrayEquals(gradientOfAPath(4), seeded);
  }

  private double[] gradientOfAPath(float seed) {
    return gradientOfAPath((tape, loss) -> tape.backward(loss, seed));
  }

  private double[] gradientOfAPath(BiConsumer<Tape, Variable> backward) {
    Tape tape = tape();
    Variable leaf = tape.leaf(map());
    Variable loss = Mse.apply(tape, Scale.apply(tape, leaf, 2), map(), 1);
    backward.accept(tape, loss);
    return bench().read(tape.gradient(leaf));
  }

  @Example
  default void valuesAndGradientsGoBackToTheArenaDuringTheWalk() {
    Tensor input = map();
    Tensor target = map();
    Backend backend = bench().backend();
    try (Arena arena = backend.openArena("step")) {
      Tape tape = new Tape(backend, arena);
      Variable leaf = tape.leaf(input);
      Variable value = leaf;
      int layers = 10;
      for (int i = 0; i < layers; i++) {
        value = Relu.apply(tape, value);
      }
      Variable loss = Mse.apply(tape, value, target, 1);
      assertEquals(layers * mapBytes() + scalarBytes(), arena.bytesInUse());
      tape.backward(loss, 1);
      assertEquals(mapBytes(), arena.bytesInUse(), "only the leaf's gradient is left");
      assertTrue(
          arena.peakBytes() <= (layers + 2) * mapBytes() + 2 * scalarBytes(),
          "the walk back needs more than two maps besides the values");
      assertEquals(60, bench().read(leaf.value()).length);
    }
  }

  @Example
  default void aRetainedValueOutlivesTheWalk() {
    Tape tape = tape();
    Variable leaf = tape.leaf(map());
    Variable kept = Scale.apply(tape, leaf, 2).retain();
    Variable dropped = Scale.apply(tape, kept, 2);
    Variable loss = Mse.apply(tape, dropped, map(), 1).retain();
    tape.backward(loss, 1);
    assertEquals(60, bench().read(kept.value()).length);
    assertTrue(bench().read(loss.value())[0] > 0);
    assertThrows(IllegalStateException.class, () -> bench().read(dropped.value()));
  }

  @Example
  default void aBranchThatLeadsNowhereIsReleasedAndPaysNothing() {
    Tape tape = tape();
    Variable leaf = tape.leaf(map());
    Variable deadEnd = Scale.apply(tape, leaf, 1000);
    Tensor target = map();
    Variable loss = Mse.apply(tape, leaf, target, 1);
    tape.backward(loss, 1);
    // The leaf equals its target, so its gradient is zero unless the dead end added to it.
    bench().checkExact("the gradient", new double[60], tape.gradient(leaf));
    assertThrows(IllegalStateException.class, () -> bench().read(deadEnd.value()));
  }

  @Example
  default void aSecondStepTakesNoNewMemory() {
    Tensor input = map();
    Tensor target = map();
    Backend backend = bench().backend();
    ConvFilter filter =
        bench().gaussianFilter(new Values(9, backend.featureType()), 3, 3).prepared();
    try (Arena arena = backend.openArena("step")) {
      long reserved = 0;
      for (int step = 0; step < 4; step++) {
        arena.reset();
        Tape tape = new Tape(backend, arena);
        Variable leaf = tape.leaf(input);
        Variable y = Conv2dBiasRelu.apply(tape, leaf, filter);
        Variable tap = Mse.apply(tape, y, target, 1);
        Variable loss = Add.apply(tape, tap, Mse.apply(tape, Relu.apply(tape, y), target, 1));
        tape.backward(loss, 1);
        if (step > 0) {
          assertEquals(reserved, arena.bytesReserved());
        }
        reserved = arena.bytesReserved();
      }
    }
  }

  @Example
  default void operationsRefuseShapesThatDoNotFitBeforeTheyTakeMemory() {
    Workbench bench = bench();
    Tape tape = tape();
    Variable map = tape.leaf(map());
    Variable row = tape.leaf(bench.features(Shape.features(3, 1, 5), new double[15]));
    Variable pair = tape.leaf(bench.features(new Shape(2, 3, 1, 1), new double[6]));
    Tensor target = bench.features(Shape.features(3, 5, 4), new double[60]);
    Variable other = tape.constant(target);
    Tensor gram = bench.floats(Shape.matrix(4, 4), new double[16]);
    Tensor smallGram = bench.floats(Shape.matrix(3, 3), new double[9]);
    float[] two = {1, 2};
    float[] three = {1, 2, 3};
    try (ConvFilter filter = bench.backend().prepareFilter(new float[72], two, 2, 4)) {
      refuses("3 channels for a filter of 4", () -> Conv2d.apply(tape, map, filter));
      refuses("3 channels for a filter of 4", () -> Conv2dBiasRelu.apply(tape, map, filter));
    }
    refuses("a target of another shape", () -> Mse.apply(tape, map, target, 1));
    refuses("a sum of two shapes", () -> Add.apply(tape, map, other));
    refuses("the Gram matrix of a batch", () -> Gram.apply(tape, pair, 1));
    refuses("the style of a batch", () -> GramMse.apply(tape, pair, smallGram, 1, 1));
    refuses("a target Gram of 4", () -> GramMse.apply(tape, map, gram, 1, 1));
    refuses("windows in one row", () -> MaxPool2d.apply(tape, row, 1));
    refuses("windows in one row", () -> AveragePool2d.apply(tape, row, 1));
    refuses("two factors for 3 channels", () -> Normalize.apply(tape, map, two, three));
    refuses("two offsets for 3 channels", () -> Normalize.apply(tape, map, three, two));
  }

  private void refuses(String what, Executable operation) {
    long before = bench().arena().bytesInUse();
    assertThrows(IllegalArgumentException.class, operation, what);
    assertEquals(before, bench().arena().bytesInUse(), what + " took memory");
  }
}
