package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Mse;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.Replay;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;

/** What recordings of whole iterations must do, forward and back through every kind of kernel. */
interface RecordingContract extends OnBench {

  /** A little style transfer whose results can be read after each round. */
  final class Iteration implements AutoCloseable {
    private static final Shape IMAGE = Shape.features(3, 12, 10);

    private final Workbench bench;
    private final Backend backend;
    private final Arena step;
    private final Tensor image;
    private final Tensor loss;
    private final Tensor gradient;
    private final Tensor target;
    private final Tensor styleGram;
    private final ConvFilter first;
    private final ConvFilter second;

    Iteration(Workbench bench, long seed) {
      Values values = new Values(seed, bench.backend().featureType());
      this.bench = bench;
      this.backend = bench.backend();
      this.step = backend.openArena("step");
      this.image = bench.floats(IMAGE, numbers(seed));
      this.loss = bench.poisonedFloats(Shape.scalar());
      this.gradient = bench.poisonedFloats(IMAGE);
      this.first = bench.gaussianFilter(values, 8, 3).prepared();
      this.second = bench.gaussianFilter(values, 5, 8).prepared();
      Shape deep = IMAGE.withChannels(5).pooled().pooled();
      this.target = bench.features(deep, values.gaussianFeatures(deep));
      this.styleGram = bench.floats(Shape.matrix(8, 8), values.gaussian(64, 1));
    }

    static double[] numbers(long seed) {
      return new Values(seed, DType.F32).gaussian(Reference64.size(IMAGE), 1);
    }

    void put(long seed) {
      bench.put(image, numbers(seed));
    }

    void run() {
      step.reset();
      Tape tape = new Tape(backend, step);
      Variable x = tape.leaf(image);
      Variable shallow = Conv2dBiasRelu.apply(tape, x, first);
      Variable style = GramMse.apply(tape, shallow, styleGram, 0.01f, 1);
      Variable pooled = MaxPool2d.apply(tape, shallow, 1);
      Variable deep = AveragePool2d.apply(tape, Conv2dBiasRelu.apply(tape, pooled, second), 2);
      Variable total = Add.apply(tape, style, Mse.apply(tape, deep, target, 1));
      backend.copy(loss, total.value());
      tape.backward(total, 1);
      backend.copy(gradient, tape.gradient(x));
    }

    /** Returns the loss, then the gradient. */
    double[] results() {
      double[] g = bench.read(gradient);
      double[] all = new double[1 + g.length];
      all[0] = bench.read(loss)[0];
      System.arraycopy(g, 0, all, 1, g.length);
      return all;
    }

    /** Returns what an image gives without any recording. */
    double[] expected(long seed) {
      put(seed);
      run();
      return results();
    }

    @Override
    public void close() {
      step.close();
    }
  }

  @Example
  default void aReplayTakesWhatItsInputsHoldNow() {
    try (Iteration iteration = new Iteration(bench(), 1)) {
      double[][] expected = {iteration.expected(1), iteration.expected(2), iteration.expected(3)};
      iteration.put(1);
      try (Replay replay = bench().backend().record(iteration::run)) {
        assertArrayEquals(expected[0], iteration.results(), "recorded");
        for (int round : new int[] {2, 3, 1, 1, 2}) {
          iteration.put(round);
          replay.run();
          assertArrayEquals(expected[round - 1], iteration.results(), "image " + round);
        }
      }
    }
  }

  @Example
  default void twoRecordingsLiveSideBySide() {
    try (Iteration one = new Iteration(bench(), 4);
        Iteration other = new Iteration(bench(), 5)) {
      double[] expectedOfOne = one.expected(6);
      double[] expectedOfOther = other.expected(7);
      one.put(4);
      other.put(5);
      try (Replay first = bench().backend().record(one::run)) {
        one.put(6);
        try (Replay second = bench().backend().record(other::run)) {
          other.put(7);
          for (int round = 0; round < 3; round++) {
            first.run();
            second.run();
            assertArrayEquals(expectedOfOne, one.results());
            assertArrayEquals(expectedOfOther, other.results());
          }
        }
        one.put(4);
        first.run();
        one.put(6);
        first.run();
        assertArrayEquals(expectedOfOne, one.results(), "after the other was closed");
      }
    }
  }

  @Example
  default void aRecordingMayBeMadeAnewOnceTheOldOneIsClosed() {
    try (Iteration iteration = new Iteration(bench(), 8)) {
      double[] expected = iteration.expected(9);
      for (int round = 0; round < 3; round++) {
        iteration.put(8);
        try (Replay replay = bench().backend().record(iteration::run)) {
          iteration.put(9);
          replay.run();
          assertArrayEquals(expected, iteration.results());
        }
      }
      assertArrayEquals(expected, iteration.expected(9), "without a recording");
    }
  }

  @Example
  default void replaysAllocateNothing() {
    try (Iteration iteration = new Iteration(bench(), 10)) {
      iteration.run();
      try (Replay replay = bench().backend().record(iteration::run)) {
        replay.run();
        long step = iteration.step.bytesReserved();
        long session = bench().arena().bytesReserved();
        for (int round = 0; round < 20; round++) {
          replay.run();
        }
        bench().backend().synchronize();
        assertEquals(step, iteration.step.bytesReserved());
        assertEquals(session, bench().arena().bytesReserved());
      }
    }
  }

  @Example
  default void otherWorkBetweenReplaysChangesNothing() {
    try (Iteration iteration = new Iteration(bench(), 11)) {
      double[] expected = iteration.expected(11);
      try (Replay replay = bench().backend().record(iteration::run)) {
        for (KernelCall call : KernelCall.ofEveryKernel(bench(), Shape.features(8, 6, 5), 4, 12)) {
          call.run();
          replay.run();
          assertArrayEquals(expected, iteration.results(), "after " + call.name());
        }
      }
    }
  }

  @Example
  default void aStepThatThrowsWhileItIsRecordedLeavesTheBackendUsable() {
    IllegalStateException failure = new IllegalStateException("the step's");
    try (Iteration iteration = new Iteration(bench(), 13)) {
      double[] expected = iteration.expected(13);
      Runnable failing =
          () -> {
            iteration.run();
            throw failure;
          };
      assertSame(
          failure,
          assertThrows(IllegalStateException.class, () -> bench().backend().record(failing)));
      assertArrayEquals(expected, iteration.expected(13));
      try (Replay replay = bench().backend().record(iteration::run)) {
        replay.run();
        assertArrayEquals(expected, iteration.results());
      }
    }
  }
}
