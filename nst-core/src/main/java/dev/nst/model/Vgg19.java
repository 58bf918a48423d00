package dev.nst.model;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Conv2dBiasReluMaxPool;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.image.Image;
import dev.nst.weights.Safetensors;
import dev.nst.weights.WeightSource;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The convolutional part of VGG-19, or of VGG-16, its smaller brother (Simonyan and Zisserman 2015,
 * configurations E and D), with frozen weights: 3x3 convolutions of padding 1, each followed by
 * ReLU, and a 2x2 pooling before blocks 2 to 5.
 *
 * <p>A layer's weights are prepared for the backend when it first runs, so layers that nobody taps
 * cost nothing. Not safe for use by several threads at once.
 */
public final class Vgg19 implements AutoCloseable {

  /**
   * The smallest height and width of a picture: after four poolings block 5 then still has two by
   * two positions, below which its Gram matrices say nothing.
   */
  public static final int SMALLEST_EDGE = 32;

  /** Hears of tapped maps while the network runs. */
  @FunctionalInterface
  public interface TapListener {
    /**
     * Is called right after {@code layer} ran, so that what the listener records on the tape stands
     * next to it.
     *
     * @param features the map after ReLU, {@code [1, K, H, W]}
     */
    void onTap(Vgg19Layer layer, Variable features);
  }

  private final Backend backend;
  private final WeightSource weights;
  private final VggArchitecture architecture;
  private final InputConvention input;
  private final Runnable onClose;
  private final Map<Vgg19Layer, ConvFilter> filters = new EnumMap<>(Vgg19Layer.class);

  private Vgg19(Backend backend, WeightSource weights, Runnable onClose) {
    this.backend = backend;
    this.weights = weights;
    this.architecture = VggArchitecture.of(weights);
    this.input = InputConvention.of(weights);
    this.onClose = onClose;
  }

  /**
   * Opens trained weights.
   *
   * @param safetensors file with {@code features.N.weight} {@code [K, C, 3, 3]} and {@code
   *     features.N.bias} {@code [K]} in torchvision's numbering of one {@link VggArchitecture}, and
   *     the {@link InputConvention} in its metadata; {@code nst weights convert} makes one
   * @throws NstException if the file cannot be read, a tensor is missing or has another shape, or
   *     the input convention is unknown
   */
  public static Vgg19 load(Backend backend, Path safetensors) {
    Safetensors file = Safetensors.open(safetensors);
    boolean valid = false;
    try {
      Vgg19 network = new Vgg19(backend, file, file::close);
      valid = true;
      return network;
    } finally {
      if (!valid) {
        file.close();
      }
    }
  }

  /**
   * Uses weights from elsewhere, named and shaped as {@link #load} has them.
   *
   * @throws NstException if a tensor is missing or has another shape, or the input convention is
   *     unknown
   */
  public static Vgg19 of(Backend backend, WeightSource weights) {
    return new Vgg19(backend, weights, () -> {});
  }

  /**
   * Makes a network of random features, calibrated on pictures; see {@link RandomWeights}.
   *
   * @param seed of the random filters
   * @param pooling the pooling that the network will be used with
   */
  public static Vgg19 random(Backend backend, long seed, Pooling pooling, Image... pictures) {
    return of(backend, RandomWeights.calibrated(backend, seed, pooling, pictures));
  }

  /** Returns the backend that this network runs on. */
  public Backend backend() {
    return backend;
  }

  /** Returns which convolutions there are. */
  public VggArchitecture architecture() {
    return architecture;
  }

  /** Returns what pictures {@link #run} takes. */
  public InputConvention input() {
    return input;
  }

  /** Returns the bytes that prepared layers hold now. */
  public long preparedBytes() {
    return filters.values().stream().mapToLong(ConvFilter::bytes).sum();
  }

  /** Returns where the weights come from, for a person. */
  public String description() {
    return weights.description();
  }

  /**
   * Runs the network up to the deepest of {@code taps} and no further.
   *
   * @param image {@code [1, 3, H, W]}, red first, in the space that {@link #input} says; each edge
   *     at least 2 to the power of the poolings passed
   * @param pooling between blocks
   * @param taps layers to listen to; not empty
   * @param listener hears each of them in order
   */
  public void run(
      Tape tape, Variable image, Pooling pooling, Set<Vgg19Layer> taps, TapListener listener) {
    run(tape, image, Padding.ZERO, pooling, taps, listener);
  }

  /**
   * Runs the network up to the deepest of {@code taps} with a padding of the picture's.
   *
   * @param padding of the first convolution
   */
  public void run(
      Tape tape,
      Variable image,
      Padding padding,
      Pooling pooling,
      Set<Vgg19Layer> taps,
      TapListener listener) {
    architecture.requireLayers(taps);
    Vgg19Layer deepest = EnumSet.copyOf(taps).stream().reduce((first, last) -> last).orElseThrow();
    Variable x = image;
    boolean pooled = true;
    for (Vgg19Layer layer : architecture.layers()) {
      if (layer.startsBlock() && !pooled) {
        x = next(x, pooling.apply(tape, x));
      }
      pooled =
          architecture.endsBlock(layer) && !taps.contains(layer) && fusesPooling(layer, pooling);
      if (pooled) {
        x = next(x, Conv2dBiasReluMaxPool.apply(tape, x, filter(layer), Pooling.MAX_SCALE));
      } else {
        Padding around = layer == Vgg19Layer.CONV1_1 ? padding : Padding.ZERO;
        x = next(x, around.convolve(tape, x, filter(layer)));
      }
      if (taps.contains(layer)) {
        listener.onTap(layer, x);
      }
      if (layer == deepest) {
        return;
      }
    }
  }

  private boolean fusesPooling(Vgg19Layer layer, Pooling pooling) {
    return pooling == Pooling.MAX && backend.fusesMaxPool(layer.outChannels(), layer.inChannels());
  }

  /** Lets a map go as soon as its successor exists, where no gradient will ask for it. */
  private static Variable next(Variable from, Variable to) {
    from.releaseIfUnused();
    return to;
  }

  private ConvFilter filter(Vgg19Layer layer) {
    return filters.computeIfAbsent(layer, this::prepare);
  }

  private ConvFilter prepare(Vgg19Layer layer) {
    float[] values = weights.read(architecture.weightName(layer));
    if (layer == Vgg19Layer.CONV1_1) {
      values = input.redFirst(values);
    }
    float[] bias = weights.read(architecture.biasName(layer));
    return backend.prepareFilter(values, bias, layer.outChannels(), layer.inChannels());
  }

  /** Gives back the prepared weights and closes the file. */
  @Override
  public void close() {
    try {
      filters.values().forEach(ConvFilter::close);
      filters.clear();
    } finally {
      onClose.run();
    }
  }
}
