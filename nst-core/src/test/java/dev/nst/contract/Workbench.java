package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A backend under test with what a contract needs around it. Every tensor it hands out lies in a
 * block that was full of poison just before, which is NaN unless a test takes another, padding
 * included where a shape without padding has the same size: what a kernel fails to write, and what
 * it reads though it must not, shows.
 */
final class Workbench implements AutoCloseable {

  private final Backend backend;
  private final Tolerances tolerances;
  private final ToleranceUse use = new ToleranceUse();
  private final List<ConvFilter> filters = new ArrayList<>();
  private Arena arena;
  private float poison = Float.NaN;

  Workbench(Backend backend, Tolerances tolerances) {
    this.backend = backend;
    this.tolerances = tolerances;
    this.arena = backend.openArena("contract");
  }

  Backend backend() {
    return backend;
  }

  Tolerances tolerances() {
    return tolerances;
  }

  Arena arena() {
    return arena;
  }

  // ---- tensors --------------------------------------------------------------------------------

  /** Returns a float32 tensor that holds {@code values}. */
  Tensor floats(Shape shape, double... values) {
    return put(poisonedFloats(shape), values);
  }

  /** Returns a tensor of the feature type that holds {@code values}. */
  Tensor features(Shape shape, double... values) {
    return put(poisonedFeatures(shape), values);
  }

  /** Takes another poison than NaN, until {@link #clear}. */
  void poisonWith(float value) {
    poison = value;
  }

  /** Returns a float32 tensor full of poison. */
  Tensor poisonedFloats(Shape shape) {
    return poisoned(shape, DType.F32);
  }

  /** Returns a tensor of the feature type full of poison. */
  Tensor poisonedFeatures(Shape shape) {
    return poisoned(shape, backend.featureType());
  }

  /** Returns a tensor full of poison. */
  Tensor poisoned(Shape shape, DType type) {
    Tensor dirt = arena.allocate(fullShapeOfSameBytes(shape, type), type);
    poison(dirt);
    backend.fill(dirt, poison);
    dirt.release();
    Tensor tensor = arena.allocate(shape, type);
    poison(tensor);
    return tensor;
  }

  /** Returns a shape that takes the same bytes without padding, if there is one. */
  private Shape fullShapeOfSameBytes(Shape shape, DType type) {
    long bytes = backend.bytesFor(shape, type);
    Shape flat = Shape.vector(Math.toIntExact(bytes / type.bytes()));
    if (backend.bytesFor(flat, type) == bytes) {
      return flat;
    }
    for (int block = 64; block > 1; block /= 2) {
      Shape fuller = shape.withChannels((shape.c() + block - 1) / block * block);
      if (backend.bytesFor(fuller, type) == bytes) {
        return fuller;
      }
    }
    return shape;
  }

  private void poison(Tensor tensor) {
    float[] values = new float[Reference64.size(tensor.shape())];
    Arrays.fill(values, poison);
    backend.upload(tensor, values);
  }

  /** Writes {@code values} into {@code tensor} and returns it. */
  Tensor put(Tensor tensor, double... values) {
    backend.upload(tensor, single(values));
    return tensor;
  }

  /** Returns what {@code tensor} holds. */
  double[] read(Tensor tensor) {
    float[] values = new float[Reference64.size(tensor.shape())];
    Arrays.fill(values, Float.NaN);
    backend.download(values, tensor);
    return wide(values);
  }

  // ---- filters --------------------------------------------------------------------------------

  /** A prepared filter and the numbers it was made of. */
  record Filter(double[] weights, double[] bias, ConvFilter prepared) {

    double[] convolve(double[] x, Shape shape) {
      return Reference64.conv3x3(x, shape, weights, bias);
    }

    double[] convolveBack(double[] dy, Shape shape) {
      return ReferenceGradients64.conv3x3(dy, shape, weights, bias.length);
    }

    /** Returns the largest sum of absolute terms in any element of a convolution. */
    double magnitude(double[] x, Shape shape) {
      return largest(Reference64.conv3x3(abs(x), shape, abs(weights), abs(bias)));
    }

    double magnitudeBack(double[] dy, Shape shape) {
      return largest(ReferenceGradients64.conv3x3(abs(dy), shape, abs(weights), bias.length));
    }
  }

  /** Returns a filter, which {@link #clear} closes. */
  Filter filter(double[] weights, double[] bias, int inChannels) {
    ConvFilter prepared =
        backend.prepareFilter(single(weights), single(bias), bias.length, inChannels);
    filters.add(prepared);
    return new Filter(weights, bias, prepared);
  }

  /** Returns a filter of random numbers. */
  Filter filter(Values values, int outChannels, int inChannels) {
    return filter(
        values.floats(outChannels * inChannels * 9), values.floats(outChannels), inChannels);
  }

  /** Returns a filter of Gaussian numbers that about keeps the deviation of its input. */
  Filter gaussianFilter(Values values, int outChannels, int inChannels) {
    double deviation = 1 / Math.sqrt(9 * inChannels);
    return filter(
        values.gaussian(outChannels * inChannels * 9, deviation),
        values.gaussian(outChannels, 0.5),
        inChannels);
  }

  // ---- judgement ------------------------------------------------------------------------------

  /**
   * Judges a kernel whose elements are not sums that cancel: the magnitude is the largest result.
   */
  void check(String kernel, Tolerance tolerance, double[] reference, Tensor actual) {
    check(kernel, tolerance, reference, largest(reference), actual);
  }

  /** Fails if any element of {@code actual} is further from its reference than tolerated. */
  void check(
      String kernel, Tolerance tolerance, double[] reference, double magnitude, Tensor actual) {
    check(kernel, tolerance, reference, magnitude, read(actual));
  }

  /** Fails if any element of {@code actual} is further from its reference than tolerated. */
  void check(
      String kernel, Tolerance tolerance, double[] reference, double magnitude, double[] actual) {
    if (reference.length != actual.length) {
      fail(kernel + ": expected " + reference.length + " elements, got " + actual.length);
    }
    int worst = 0;
    double worstShare = -1;
    for (int i = 0; i < reference.length; i++) {
      double share = tolerance.share(reference[i], actual[i], magnitude);
      if (share > worstShare) {
        worst = i;
        worstShare = share;
      }
    }
    use.note(kernel, worstShare);
    if (worstShare > 1) {
      fail(
          "%s: element %d should be %.9g, is %.9g; tolerated is a difference of %.3g"
              .formatted(
                  kernel,
                  worst,
                  reference[worst],
                  actual[worst],
                  tolerance.allowed(reference[worst], magnitude)));
    }
  }

  /** Fails unless {@code tensor} holds exactly {@code values}; zeros may have either sign. */
  void checkExact(String what, double[] values, Tensor tensor) {
    assertArrayEquals(withoutNegativeZeros(values), withoutNegativeZeros(read(tensor)), what);
  }

  private static double[] withoutNegativeZeros(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i] + 0.0;
    }
    return result;
  }

  // ---- lifetime -------------------------------------------------------------------------------

  /** Releases every tensor and closes every filter, ready for the next try. */
  void clear() {
    filters.forEach(ConvFilter::close);
    filters.clear();
    arena.reset();
    poison = Float.NaN;
  }

  /** Like {@link #clear}, and gives the memory back. */
  void renew() {
    clear();
    arena.close();
    arena = backend.openArena("contract");
  }

  /** Returns the tolerance used by each kernel so far. */
  String report(String contract) {
    return use.report(
        contract
            + " on '"
            + backend.name()
            + "' ("
            + backend.description()
            + ", "
            + backend.precision()
            + ")");
  }

  @Override
  public void close() {
    clear();
    arena.close();
    backend.close();
  }

  // ---- numbers --------------------------------------------------------------------------------

  static double[] abs(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = Math.abs(values[i]);
    }
    return result;
  }

  static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  static float[] single(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  static double[] wide(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
