package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.contract.Reference64;
import dev.nst.contract.ReferenceGradients64;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * Weights and inputs of a convolution, and what comes out in double precision and from the backend.
 */
record ConvolutionCase(Shape shape, int outChannels, float[] weights, float[] bias, float[] input) {

  enum Direction {
    FORWARD,
    RELU,
    BACKWARD,
    RELU_BACKWARD
  }

  static ConvolutionCase random(
      Shape shape, int outChannels, Direction direction, double size, long seed) {
    Random random = new Random(seed);
    boolean forward = direction == Direction.FORWARD || direction == Direction.RELU;
    Shape in = forward ? shape : shape.withChannels(outChannels);
    double weight = Math.sqrt(2.0 / (9 * in.c()));
    return new ConvolutionCase(
        shape,
        outChannels,
        gaussian(random, 9 * outChannels * shape.c(), weight),
        gaussian(random, outChannels, size),
        gaussian(random, (int) in.size(), size));
  }

  private static float[] gaussian(Random random, int count, double size) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * size);
    }
    return values;
  }

  Shape outShape() {
    return shape.withChannels(outChannels);
  }

  /** A ReLU's output, zero for half of the numbers. */
  float[] output() {
    float[] y = gaussian(new Random(5), (int) outShape().size(), 1);
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(y[i], 0);
    }
    return y;
  }

  double[] expected(Direction direction) {
    double[] w = doubles(weights);
    double[] in = doubles(input);
    return switch (direction) {
      case FORWARD -> Reference64.conv3x3(in, shape, w, doubles(bias));
      case RELU -> Reference64.relu(Reference64.conv3x3(in, shape, w, doubles(bias)));
      case BACKWARD -> ReferenceGradients64.conv3x3(in, shape, w, outChannels);
      case RELU_BACKWARD -> {
        double[] dy = ReferenceGradients64.relu(in, doubles(output()));
        yield ReferenceGradients64.conv3x3(dy, shape, w, outChannels);
      }
    };
  }

  float[] actual(Direction direction, int threads) {
    try (Backend backend = new VectorBackend(Optional.empty(), threads);
        Arena arena = backend.openArena("test");
        ConvFilter filter = backend.prepareFilter(weights, bias, outChannels, shape.c())) {
      boolean forward = direction == Direction.FORWARD || direction == Direction.RELU;
      Tensor in = arena.allocate(forward ? shape : outShape());
      Tensor out = arena.allocate(forward ? outShape() : shape);
      backend.upload(in, input);
      backend.fill(out, Float.NaN);
      switch (direction) {
        case FORWARD -> backend.conv3x3(out, in, filter);
        case RELU -> backend.conv3x3Relu(out, in, filter);
        case BACKWARD -> backend.conv3x3Backward(out, in, filter);
        case RELU_BACKWARD -> {
          Tensor y = arena.allocate(outShape());
          backend.upload(y, output());
          backend.conv3x3ReluBackward(out, in, y, filter);
        }
      }
      float[] result = new float[(int) out.shape().size()];
      backend.download(result, out);
      return result;
    }
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  /** Returns the norm of the error as a share of the norm of the reference. */
  static double relativeError(double[] expected, float[] actual) {
    double error = 0;
    double norm = Double.MIN_NORMAL;
    for (int i = 0; i < expected.length; i++) {
      error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(error / norm);
  }

  /**
   * Checks both directions against the reference, and that threads change no bit.
   *
   * @param size of the numbers
   * @param tolerance of the norm of the result
   */
  static void check(Shape shape, int outChannels, double size, long seed, double tolerance) {
    for (Direction direction : Direction.values()) {
      ConvolutionCase some = random(shape, outChannels, direction, size, seed);
      float[] one = some.actual(direction, 1);
      assertThat(relativeError(some.expected(direction), one))
          .as("%s of %s to %d channels", direction, shape, outChannels)
          .isLessThan(tolerance);
      assertThat(Arrays.equals(some.actual(direction, 3), one))
          .as("%s with 3 threads is the same as with 1", direction)
          .isTrue();
    }
  }
}
