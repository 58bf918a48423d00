package dev.nst.contract;

import dev.nst.model.VggArchitecture;
import dev.nst.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * VGG-19 weights made of arithmetic alone, so that golden files need no weights beside them.
 *
 * <p>Names and layout are torchvision's: {@code features.N.weight} is [C_out, C_in, 3, 3] (OIHW,
 * row-major) and {@code features.N.bias} is [C_out]. With {@code u} the uniforms of the tensor's
 * own stream, a weight is {@code (2u - 1) * sqrt(6 / (9 C_in))} (He-uniform, which keeps feature
 * maps near unit size at every depth) and a bias {@code (2u - 1) * 0.1}, computed in double and
 * rounded once.
 *
 * <p>Mirrors {@code scripts/goldens/synthetic.py} bit for bit.
 */
public final class SyntheticWeights {
  private static final long SEED = 0x6E73742D76676731L; // ASCII "nst-vgg1"
  private static final int KERNEL_AREA = 9;
  private static final Map<String, int[]> SHAPES = shapes();

  private SyntheticWeights() {}

  /**
   * All 32 tensors, in the network's order.
   *
   * @return fresh arrays by name, row-major
   */
  public static Map<String, float[]> all() {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (String name : SHAPES.keySet()) {
      tensors.put(name, values(name));
    }
    return tensors;
  }

  /**
   * The values of one tensor.
   *
   * @param name {@code features.N.weight} or {@code features.N.bias}
   * @return a fresh array, row-major
   * @throws IllegalArgumentException if VGG-19 has no such tensor
   */
  public static float[] values(String name) {
    return values(name, shape(name));
  }

  private static float[] values(String name, int... shape) {
    int n = Integer.parseInt(name.split("\\.")[1]);
    boolean weight = shape.length == 4;
    long seed = SEED + 2 * n + (weight ? 0 : 1);
    double scale = weight ? Math.sqrt(6.0 / (9.0 * shape[1])) : 0.1;
    float[] values = new float[weight ? shape[0] * shape[1] * KERNEL_AREA : shape[0]];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2.0 * SplitMix64.uniform(seed, i) - 1.0) * scale);
    }
    return values;
  }

  /**
   * The shape of one tensor: [C_out, C_in, 3, 3] or [C_out].
   *
   * @param name {@code features.N.weight} or {@code features.N.bias}
   * @return a fresh array
   * @throws IllegalArgumentException if VGG-19 has no such tensor
   */
  public static int[] shape(String name) {
    int[] shape = SHAPES.get(name);
    if (shape == null) {
      throw new IllegalArgumentException(
          "expected the name of a VGG-19 tensor such as features.0.weight, got " + name);
    }
    return shape.clone();
  }

  private static Map<String, int[]> shapes() {
    // torchvision numbers convolutions, ReLUs and poolings alike; 0 stands for a pooling here.
    int[] configurationE = {
      64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512
    };
    Map<String, int[]> shapes = new LinkedHashMap<>();
    int n = 0;
    int inChannels = 3;
    for (int outChannels : configurationE) {
      if (outChannels == 0) {
        n += 1;
        continue;
      }
      shapes.put("features." + n + ".weight", new int[] {outChannels, inChannels, 3, 3});
      shapes.put("features." + n + ".bias", new int[] {outChannels});
      inChannels = outChannels;
      n += 2;
    }
    return shapes;
  }

  /** Returns every tensor as {@code Vgg19.of} takes them. */
  public static WeightSource source() {
    return new Source(VggArchitecture.VGG19, Map.of());
  }

  /**
   * The same formulas for another network.
   *
   * @param metadata what the source says of itself
   * @return the source
   */
  public static WeightSource source(VggArchitecture network, Map<String, String> metadata) {
    return new Source(network, metadata);
  }

  private record Source(VggArchitecture network, Map<String, String> metadata)
      implements WeightSource {

    @Override
    public boolean has(String name) {
      return network.tensors().containsKey(name);
    }

    @Override
    public int[] shape(String name) {
      return network.tensors().get(name).stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public float[] read(String name) {
      return values(name, shape(name));
    }

    @Override
    public String description() {
      return "synthetic weights";
    }
  }
}
