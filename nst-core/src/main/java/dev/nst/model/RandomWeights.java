package dev.nst.model;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Conv2d;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.image.Image;
import dev.nst.image.Resize;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import dev.nst.weights.WeightSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * VGG-19 with random filters, for when trained weights are not to be had. Random features carry
 * texture (Ustyuzhaninov, Brendel, Gatys, Bethge 2016) and, in a deep network, style transfer (He,
 * Wang, Hopcroft 2016); objects mean nothing to them, so the result is coarser than with trained
 * weights.
 *
 * <p>Filters are zero-mean Gaussian from a fixed seed. Going up the network, each unit's bias and
 * scale are set from the given pictures so that the unit fires on half of the positions (its bias
 * is minus the median of its responses) and has mean activation 1 after ReLU, the mean that the
 * trained network is rescaled to in Gatys, Ecker, Bethge 2016, section 2. The same seed and
 * pictures give the same weights on every machine, up to the rounding of the backend's
 * convolutions.
 */
public final class RandomWeights {

  /**
   * Statistics are stable long before full size; a larger picture is reduced to this shorter edge.
   */
  private static final int CALIBRATION_EDGE = 256;

  /** Positions of each picture that enter the median and mean of a unit. */
  private static final int SAMPLES = 4096;

  private static final VggArchitecture NETWORK = VggArchitecture.VGG19;

  private RandomWeights() {}

  /**
   * Draws and calibrates weights.
   *
   * @param backend runs the network while it is calibrated
   * @param seed of the filters
   * @param pooling the pooling that the network will be used with
   * @param pictures what the units' statistics are taken over; at least {@link Vgg19#SMALLEST_EDGE}
   *     in each edge
   */
  public static WeightSource calibrated(
      Backend backend, long seed, Pooling pooling, Image... pictures) {
    Map<String, float[]> tensors = new HashMap<>();
    try (Arena arena = backend.openArena("calibration")) {
      Tape tape = new Tape(backend, arena);
      Variable[] maps =
          Arrays.stream(pictures)
              .map(picture -> ImageNetInput.upload(backend, arena, reduce(picture)))
              .map(tape::constant)
              .toArray(Variable[]::new);
      Random random = new Random(seed);
      for (Vgg19Layer layer : NETWORK.layers()) {
        if (layer.startsBlock()) {
          advance(maps, x -> pooling.apply(tape, x));
        }
        float[] weights = gaussian(random, layer);
        float[] bias = new float[layer.outChannels()];
        calibrate(tape, layer, maps, weights, bias);
        tensors.put(NETWORK.weightName(layer), weights);
        tensors.put(NETWORK.biasName(layer), bias);
        try (ConvFilter filter = prepare(backend, layer, weights, bias)) {
          advance(maps, x -> Conv2dBiasRelu.apply(tape, x, filter));
        }
      }
    }
    return new InMemory(tensors);
  }

  private static Image reduce(Image picture) {
    boolean large = Math.min(picture.width(), picture.height()) > CALIBRATION_EDGE;
    return large ? Resize.shortEdge(picture, CALIBRATION_EDGE) : picture;
  }

  private static void advance(Variable[] maps, java.util.function.UnaryOperator<Variable> step) {
    for (int i = 0; i < maps.length; i++) {
      Variable next = step.apply(maps[i]);
      maps[i].value().release();
      maps[i] = next;
    }
  }

  private static ConvFilter prepare(
      Backend backend, Vgg19Layer layer, float[] weights, float[] bias) {
    return backend.prepareFilter(weights, bias, layer.outChannels(), layer.inChannels());
  }

  /** Draws from N(0, 1 / fan-in); the scale is only a start, calibration sets it. */
  private static float[] gaussian(Random random, Vgg19Layer layer) {
    int fanIn = 9 * layer.inChannels();
    float[] weights = new float[layer.outChannels() * fanIn];
    double deviation = 1 / Math.sqrt(fanIn);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (deviation * random.nextGaussian());
    }
    return weights;
  }

  /** Rescales {@code weights} and sets {@code bias} from the responses of the bare filters. */
  private static void calibrate(
      Tape tape, Vgg19Layer layer, Variable[] maps, float[] weights, float[] bias) {
    int units = layer.outChannels();
    float[][] responses = new float[units][0];
    try (ConvFilter bare = prepare(tape.backend(), layer, weights, bias)) {
      for (Variable map : maps) {
        Tensor response = Conv2d.apply(tape, map, bare).value();
        float[] values = new float[Math.toIntExact(response.shape().size())];
        tape.backend().download(values, response);
        response.release();
        for (int k = 0; k < units; k++) {
          responses[k] = append(responses[k], values, k, response.shape().area());
        }
      }
    }
    int fanIn = weights.length / units;
    for (int k = 0; k < units; k++) {
      Arrays.sort(responses[k]);
      float median = responses[k][responses[k].length / 2];
      double sum = 0;
      for (float value : responses[k]) {
        sum += Math.max(0, value - median);
      }
      double mean = sum / responses[k].length;
      // A unit without any variation (a picture of one colour) has nothing to be scaled to.
      float scale = mean > 1e-12 ? (float) (1 / mean) : 1;
      for (int i = k * fanIn; i < (k + 1) * fanIn; i++) {
        weights[i] *= scale;
      }
      bias[k] = -median * scale;
    }
  }

  /** Appends evenly spaced values of one unit's plane. */
  private static float[] append(float[] to, float[] values, int unit, int area) {
    int count = Math.min(area, SAMPLES);
    float[] joined = Arrays.copyOf(to, to.length + count);
    for (int i = 0; i < count; i++) {
      joined[to.length + i] = values[unit * area + (int) ((long) i * area / count)];
    }
    return joined;
  }

  private record InMemory(Map<String, float[]> tensors) implements WeightSource {

    @Override
    public boolean has(String name) {
      return tensors.containsKey(name);
    }

    @Override
    public int[] shape(String name) {
      return NETWORK.tensors().get(name).stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public float[] read(String name) {
      return tensors.get(name);
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of("layout", "OIHW", "source", description());
    }

    @Override
    public String description() {
      return "built-in random features";
    }
  }
}
