package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.ConvFilter;
import dev.nst.cpu.scalar.ScalarBackendProvider;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kernel against the scalar backend, at shapes that meet each path: planar and blocked, idle
 * lanes, several slices of the common dimension, tiles cut at an edge; and with one, two and three
 * threads, bit for bit.
 */
class VectorAgainstScalarTest {

  /**
   * Transformed convolutions (Winograd) add roundings of their own: an error of 2.0e-6 of the
   * largest result was seen at 600 channels, the most of any shape here.
   */
  private static final double CONVOLUTIONS = 4e-6;

  private static Backend scalar;
  private static final List<Backend> VECTOR = new ArrayList<>();

  @BeforeAll
  static void open() {
    scalar = new ScalarBackendProvider().open(BackendOptions.defaults());
    for (int threads = 1; threads <= 3; threads++) {
      VECTOR.add(new VectorBackend(Optional.empty(), threads));
    }
  }

  @AfterAll
  static void close() {
    VECTOR.forEach(Backend::close);
    VECTOR.clear();
    scalar.close();
  }

  static Stream<Shape> shapes() {
    return Stream.of(
        new Shape(1, 1, 1, 1),
        new Shape(1, 3, 1, 7),
        new Shape(2, 3, 19, 13),
        new Shape(1, 4, 6, 1),
        new Shape(1, 5, 5, 9),
        new Shape(2, 17, 7, 3),
        new Shape(1, 40, 12, 11),
        new Shape(1, 64, 33, 35),
        new Shape(1, 130, 14, 15),
        new Shape(1, 600, 3, 5));
  }

  /** What a kernel reads and writes on one backend. */
  private static final class Bench implements AutoCloseable {
    private final Backend backend;
    private final Arena arena;
    private final Random random = new Random(7);

    Bench(Backend backend) {
      this.backend = backend;
      this.arena = backend.openArena("test");
    }

    Tensor random(Shape shape) {
      return tensor(shape, numbers(shape.size()));
    }

    /** Values of which many are equal, and half are zero, as after a ReLU. */
    Tensor rectified(Shape shape) {
      float[] values = numbers(shape.size());
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.max(0, Math.round(values[i] * 4) / 4f);
      }
      return tensor(shape, values);
    }

    Tensor tensor(Shape shape, float[] values) {
      Tensor tensor = arena.allocate(shape);
      backend.upload(tensor, values);
      return tensor;
    }

    float[] numbers(long count) {
      float[] values = new float[(int) count];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    ConvFilter filter(int outChannels, int inChannels) {
      float[] weights = numbers(9L * outChannels * inChannels);
      return backend.prepareFilter(weights, numbers(outChannels), outChannels, inChannels);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private interface Kernel {
    Tensor run(Bench bench, Backend backend);
  }

  /** Runs a kernel everywhere and compares what it returns. */
  private static void check(double tolerance, Kernel kernel) {
    float[] expected = run(scalar, kernel);
    float[] first = run(VECTOR.get(0), kernel);
    double largest = 1e-30;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      boolean equal = Float.compare(first[i], expected[i]) == 0;
      if (!equal && !(Math.abs((double) first[i] - expected[i]) <= tolerance * largest)) {
        fail("element " + i + " is " + first[i] + ", not " + expected[i] + " of " + largest);
      }
    }
    for (Backend other : VECTOR) {
      assertThat(Arrays.equals(run(other, kernel), first)).as(other.description()).isTrue();
    }
  }

  private static float[] run(Backend backend, Kernel kernel) {
    try (Bench bench = new Bench(backend)) {
      Tensor result = kernel.run(bench, backend);
      float[] values = new float[(int) result.shape().size()];
      backend.download(values, result);
      return values;
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsUploadedComesBack(Shape shape) {
    check(1e-30, (bench, backend) -> bench.random(shape));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void convolves(Shape shape) {
    for (int outChannels : new int[] {2, 16, 70}) {
      check(
          CONVOLUTIONS,
          (bench, backend) -> {
            Tensor x = bench.random(shape);
            Tensor y = bench.arena.allocate(shape.withChannels(outChannels));
            try (ConvFilter filter = bench.filter(outChannels, shape.c())) {
              backend.conv3x3(y, x, filter);
            }
            return y;
          });
      check(
          CONVOLUTIONS,
          (bench, backend) -> {
            Tensor x = bench.random(shape);
            Tensor y = bench.arena.allocate(shape.withChannels(outChannels));
            try (ConvFilter filter = bench.filter(outChannels, shape.c())) {
              backend.conv3x3Relu(y, x, filter);
            }
            return y;
          });
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void passesGradientsThroughConvolutions(Shape shape) {
    for (int outChannels : new int[] {2, 16, 70}) {
      check(
          CONVOLUTIONS,
          (bench, backend) -> {
            Tensor dy = bench.random(shape.withChannels(outChannels));
            Tensor dx = bench.arena.allocate(shape);
            try (ConvFilter filter = bench.filter(outChannels, shape.c())) {
              backend.conv3x3Backward(dx, dy, filter);
            }
            return dx;
          });
      check(
          CONVOLUTIONS,
          (bench, backend) -> {
            Tensor dy = bench.random(shape.withChannels(outChannels));
            Tensor y = bench.rectified(shape.withChannels(outChannels));
            Tensor dx = bench.arena.allocate(shape);
            try (ConvFilter filter = bench.filter(outChannels, shape.c())) {
              backend.conv3x3ReluBackward(dx, dy, y, filter);
            }
            return dx;
          });
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void rectifies(Shape shape) {
    check(
        1e-30,
        (bench, backend) -> {
          Tensor x = bench.random(shape);
          backend.relu(x, x);
          return x;
        });
    check(
        1e-30,
        (bench, backend) -> {
          Tensor dy = bench.random(shape);
          backend.reluBackward(dy, dy, bench.rectified(shape));
          return dy;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void pools(Shape shape) {
    if (shape.h() < 2 || shape.w() < 2) {
      return;
    }
    check(
        1e-30,
        (bench, backend) -> {
          Tensor y = bench.arena.allocate(shape.pooled());
          backend.maxPool2x2(y, bench.rectified(shape), 2);
          return y;
        });
    check(
        1e-30,
        (bench, backend) -> {
          Tensor dx = bench.random(shape);
          backend.maxPool2x2Backward(dx, bench.random(shape.pooled()), bench.rectified(shape), 2);
          return dx;
        });
    check(
        1e-6,
        (bench, backend) -> {
          Tensor y = bench.arena.allocate(shape.pooled());
          backend.averagePool2x2(y, bench.random(shape), 2);
          return y;
        });
    check(
        1e-6,
        (bench, backend) -> {
          Tensor dx = bench.random(shape);
          backend.averagePool2x2Backward(dx, bench.random(shape.pooled()), 2);
          return dx;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void multipliesMatrices(Shape shape) {
    check(
        2e-6,
        (bench, backend) -> {
          Tensor a = bench.random(Shape.matrix(shape.h() * shape.w(), shape.c()));
          Tensor b = bench.random(Shape.matrix(shape.c(), shape.w() + 30));
          Tensor c = bench.arena.allocate(Shape.matrix(a.shape().h(), b.shape().w()));
          backend.gemm(c, a, b, 0.5f);
          return c;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void computesGramMatricesAndTheirGradients(Shape batch) {
    Shape shape = Shape.features(batch.c(), batch.h() * 4, batch.w() * 5);
    check(
        2e-6,
        (bench, backend) -> {
          Tensor g = bench.arena.allocate(Shape.matrix(shape.c(), shape.c()));
          backend.gram(g, bench.random(shape), 0.25f);
          return g;
        });
    for (boolean accumulate : new boolean[] {false, true}) {
      check(
          2e-6,
          (bench, backend) -> {
            Tensor dg = bench.random(Shape.matrix(shape.c(), shape.c()));
            Tensor df = bench.random(shape);
            backend.gramBackward(df, dg, bench.random(shape), 0.25f, accumulate);
            return df;
          });
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void computesElementByElement(Shape shape) {
    check(
        1e-30,
        (bench, backend) -> {
          Tensor a = bench.random(shape);
          backend.add(a, a, bench.random(shape));
          return a;
        });
    check(
        1e-30,
        (bench, backend) -> {
          Tensor y = bench.arena.allocate(shape);
          backend.copy(y, bench.random(shape));
          backend.scale(y, y, 0.3f);
          return y;
        });
    check(
        1e-30,
        (bench, backend) -> {
          Tensor y = bench.arena.allocate(shape);
          backend.fill(y, 0.3f);
          return y;
        });
    check(
        1e-6,
        (bench, backend) -> {
          Tensor x = bench.random(shape);
          backend.affineChannels(x, x, bench.numbers(shape.c()), bench.numbers(shape.c()));
          return x;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void computesLossesAndTheirGradients(Shape shape) {
    check(
        1e-6,
        (bench, backend) -> {
          Tensor loss = bench.arena.allocate(Shape.scalar());
          backend.meanSquaredError(loss, bench.random(shape), bench.random(shape), 3);
          return loss;
        });
    check(
        1e-6,
        (bench, backend) -> {
          Tensor loss = bench.arena.allocate(Shape.scalar());
          backend.totalVariation(loss, bench.random(shape), 3);
          return loss;
        });
    for (boolean accumulate : new boolean[] {false, true}) {
      check(
          1e-6,
          (bench, backend) -> {
            Tensor da = bench.random(shape);
            Tensor gradLoss = bench.tensor(Shape.scalar(), new float[] {1.5f});
            backend.meanSquaredErrorBackward(
                da, bench.random(shape), bench.random(shape), gradLoss, 3, accumulate);
            return da;
          });
      check(
          1e-6,
          (bench, backend) -> {
            Tensor dx = bench.random(shape);
            Tensor gradLoss = bench.tensor(Shape.scalar(), new float[] {1.5f});
            backend.totalVariationBackward(dx, bench.rectified(shape), gradLoss, 3, accumulate);
            return dx;
          });
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void stepsWithAdam(Shape shape) {
    check(
        1e-6,
        (bench, backend) -> {
          Tensor x = bench.random(shape);
          Tensor m = bench.arena.allocate(shape);
          Tensor v = bench.arena.allocate(shape);
          Tensor count = bench.tensor(Shape.scalar(), new float[] {0});
          Tensor apply = bench.tensor(Shape.scalar(), new float[] {1});
          backend.fill(m, 0);
          backend.fill(v, 0);
          for (int i = 0; i < 3; i++) {
            backend.adamStep(
                x, m, v, count, bench.random(shape), apply, AdamParameters.withLearningRate(0.1));
          }
          return x;
        });
  }

  @Test
  void keepsNanVisible() {
    Shape shape = new Shape(1, 20, 2, 2);
    check(
        1e-30,
        (bench, backend) -> {
          float[] values = bench.numbers(shape.size());
          values[77] = Float.NaN;
          Tensor x = bench.tensor(shape, values);
          Tensor y = bench.arena.allocate(shape.pooled());
          backend.relu(x, x);
          backend.maxPool2x2(y, x, 1);
          return y;
        });
  }
}
