package dev.nst.contract;

import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.tensor.Shape;
import dev.nst.weights.WeightSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * VGG-19 with max-pooling in double precision: the maps of every layer, and the gradient that a map
 * passes back to the picture. Direct convolutions on zero-padded planes, on all processors; {@link
 * Vgg19Reference64Test} compares them with {@link Reference64}, which would take minutes.
 */
final class Vgg19Reference64 {

  private static final int TAPS = 9;

  private final Shape picture;
  private final Map<Vgg19Layer, float[]> weights = new EnumMap<>(Vgg19Layer.class);
  private final Map<Vgg19Layer, float[]> biases = new EnumMap<>(Vgg19Layer.class);

  /** A network for pictures {@code [1, 3, H, W]} of one size. */
  Vgg19Reference64(WeightSource source, Shape picture) {
    this.picture = picture;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      weights.put(layer, source.read(VggArchitecture.VGG19.weightName(layer)));
      biases.put(layer, source.read(VggArchitecture.VGG19.biasName(layer)));
    }
  }

  /** Returns the shape {@code [1, K, H, W]} of a layer's map. */
  Shape shape(Vgg19Layer layer) {
    return inputShape(layer).withChannels(layer.outChannels());
  }

  private Shape inputShape(Vgg19Layer layer) {
    Shape shape = picture.withChannels(layer.inChannels());
    for (Vgg19Layer passed : EnumSet.range(Vgg19Layer.CONV1_1, layer)) {
      shape = followsPooling(passed) ? shape.pooled() : shape;
    }
    return shape;
  }

  private static boolean followsPooling(Vgg19Layer layer) {
    return layer != Vgg19Layer.CONV1_1 && layer.id().endsWith("_1");
  }

  private static Vgg19Layer before(Vgg19Layer layer) {
    return Vgg19Layer.values()[layer.ordinal() - 1];
  }

  /** Returns the map after ReLU of every layer. */
  Map<Vgg19Layer, double[]> maps(double[] normalised) {
    Map<Vgg19Layer, double[]> maps = new EnumMap<>(Vgg19Layer.class);
    double[] x = normalised;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (followsPooling(layer)) {
        x = Reference64.maxPool(x, shape(before(layer)), 1);
      }
      x = Reference64.relu(forward(layer, x));
      maps.put(layer, x);
    }
    return maps;
  }

  /**
   * Returns the gradient with respect to the picture.
   *
   * @param tap the layer at whose map to start
   * @param gradient with respect to that map
   * @param maps maps after ReLU, which decide what passes back: each ReLU where its output is above
   *     zero, each maximum to the first of its window's largest numbers
   */
  double[] gradient(Vgg19Layer tap, double[] gradient, Map<Vgg19Layer, double[]> maps) {
    double[] dy = gradient;
    for (int i = tap.ordinal(); i >= 0; i--) {
      Vgg19Layer layer = Vgg19Layer.values()[i];
      dy = backward(layer, ReferenceGradients64.relu(dy, maps.get(layer)));
      if (followsPooling(layer)) {
        Vgg19Layer before = before(layer);
        dy = ReferenceGradients64.maxPool(dy, maps.get(before), shape(before), 1);
      }
    }
    return dy;
  }

  /**
   * Returns how many ReLUs and pooling windows pass a gradient otherwise by one network's maps than
   * by another's.
   */
  int decisionsApart(Map<Vgg19Layer, double[]> some, Map<Vgg19Layer, double[]> others) {
    int apart = 0;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      Shape shape = shape(layer);
      double[] one = some.get(layer);
      double[] other = others.get(layer);
      double[] ones = new double[one.length];
      Arrays.fill(ones, 1);
      apart +=
          differences(ReferenceGradients64.relu(ones, one), ReferenceGradients64.relu(ones, other));
      if (isFollowedByPooling(layer)) {
        // A gradient that goes elsewhere is missed at one place and found at another.
        apart +=
            differences(
                    ReferenceGradients64.maxPool(ones, one, shape, 1),
                    ReferenceGradients64.maxPool(ones, other, shape, 1))
                / 2;
      }
    }
    return apart;
  }

  private static int differences(double[] a, double[] b) {
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      count += a[i] == b[i] ? 0 : 1;
    }
    return count;
  }

  private static boolean isFollowedByPooling(Vgg19Layer layer) {
    return layer != Vgg19Layer.CONV5_4 && followsPooling(Vgg19Layer.values()[layer.ordinal() + 1]);
  }

  private double[] forward(Vgg19Layer layer, double[] x) {
    float[] w = weights.get(layer);
    int inChannels = layer.inChannels();
    double[] bias = Workbench.wide(biases.get(layer));
    return correlate(
        x, inputShape(layer), bias, (k, c, tap) -> w[(k * inChannels + c) * TAPS + tap]);
  }

  /** The transpose of {@link #forward}: a pixel gets back from its right what it gave there. */
  private double[] backward(Vgg19Layer layer, double[] dy) {
    float[] w = weights.get(layer);
    int inChannels = layer.inChannels();
    return correlate(
        dy,
        shape(layer),
        new double[inChannels],
        (c, k, tap) -> w[(k * inChannels + c) * TAPS + TAPS - 1 - tap]);
  }

  /** The nine taps, row by row, of each pair of channels. */
  private interface Taps {
    double of(int outChannel, int inChannel, int tap);
  }

  private static double[] correlate(double[] x, Shape shape, double[] bias, Taps taps) {
    int stride = shape.w() + 2;
    int plane = (shape.h() + 2) * stride;
    double[] padded = pad(x, shape);
    double[] y = new double[bias.length * shape.area()];
    IntStream.range(0, bias.length)
        .parallel()
        .forEach(
            out -> {
              double[] sums = new double[plane];
              Arrays.fill(sums, bias[out]);
              double[] w = new double[TAPS];
              for (int in = 0; in < shape.c(); in++) {
                for (int tap = 0; tap < TAPS; tap++) {
                  w[tap] = taps.of(out, in, tap);
                }
                addNeighbours(sums, padded, in * plane, w, stride);
              }
              for (int i = 0; i < shape.h(); i++) {
                int from = (i + 1) * stride + 1;
                System.arraycopy(sums, from, y, out * shape.area() + i * shape.w(), shape.w());
              }
            });
    return y;
  }

  /** Adds to each pixel its weighted neighbours; what the border gets nobody reads. */
  private static void addNeighbours(double[] sums, double[] x, int at, double[] w, int stride) {
    for (int p = stride + 1; p < sums.length - stride - 1; p++) {
      int q = at + p;
      sums[p] +=
          w[0] * x[q - stride - 1]
              + w[1] * x[q - stride]
              + w[2] * x[q - stride + 1]
              + w[3] * x[q - 1]
              + w[4] * x[q]
              + w[5] * x[q + 1]
              + w[6] * x[q + stride - 1]
              + w[7] * x[q + stride]
              + w[8] * x[q + stride + 1];
    }
  }

  /** Returns each plane within a border of zeros, one pixel wide. */
  private static double[] pad(double[] x, Shape shape) {
    int stride = shape.w() + 2;
    int plane = (shape.h() + 2) * stride;
    double[] padded = new double[shape.c() * plane];
    for (int row = 0; row < shape.c() * shape.h(); row++) {
      int to = row / shape.h() * plane + (row % shape.h() + 1) * stride + 1;
      System.arraycopy(x, row * shape.w(), padded, to, shape.w());
    }
    return padded;
  }
}
