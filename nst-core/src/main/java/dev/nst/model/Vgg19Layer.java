package dev.nst.model;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sixteen convolutions of VGG-19 (Simonyan and Zisserman 2015, Table 1, configuration E), of
 * which a {@link VggArchitecture} has all or some. As a tap, a layer means the map after its ReLU:
 * torchvision rectifies in place, so what the literature's code calls {@code conv5_2} is {@code
 * relu5_2}, and so it is here.
 */
public enum Vgg19Layer {
  /** First convolution of block 1. */
  CONV1_1(3, 64),
  /** Second convolution of block 1. */
  CONV1_2(64, 64),
  /** First convolution of block 2. */
  CONV2_1(64, 128),
  /** Second convolution of block 2. */
  CONV2_2(128, 128),
  /** First convolution of block 3. */
  CONV3_1(128, 256),
  /** Second convolution of block 3. */
  CONV3_2(256, 256),
  /** Third convolution of block 3. */
  CONV3_3(256, 256),
  /** Fourth convolution of block 3. */
  CONV3_4(256, 256),
  /** First convolution of block 4. */
  CONV4_1(256, 512),
  /** Second convolution of block 4. */
  CONV4_2(512, 512),
  /** Third convolution of block 4. */
  CONV4_3(512, 512),
  /** Fourth convolution of block 4. */
  CONV4_4(512, 512),
  /** First convolution of block 5. */
  CONV5_1(512, 512),
  /** Second convolution of block 5. */
  CONV5_2(512, 512),
  /** Third convolution of block 5. */
  CONV5_3(512, 512),
  /** Fourth convolution of block 5. */
  CONV5_4(512, 512);

  private final int inChannels;
  private final int outChannels;

  Vgg19Layer(int inChannels, int outChannels) {
    this.inChannels = inChannels;
    this.outChannels = outChannels;
  }

  /** Returns the name that users write: {@code conv4_2}. */
  public String id() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Returns the number of its block, 1 to 5. */
  public int block() {
    return name().charAt("CONV".length()) - '0';
  }

  /** Returns C, the channels of the layer's input. */
  public int inChannels() {
    return inChannels;
  }

  /** Returns K, the channels of the layer's output. */
  public int outChannels() {
    return outChannels;
  }

  /** Returns how many 2x2 poolings stand between the picture and this layer. */
  public int poolings() {
    return (int)
        Arrays.stream(values()).limit(ordinal() + 1L).filter(Vgg19Layer::startsBlock).count();
  }

  /** Returns whether a 2x2 pooling stands before this layer. */
  boolean startsBlock() {
    return this != CONV1_1 && name().endsWith("_1");
  }

  /**
   * Returns the layer of that name.
   *
   * @param id {@code conv1_1} to {@code conv5_4}
   * @throws NstException if there is none
   */
  public static Vgg19Layer of(String id) {
    for (Vgg19Layer layer : values()) {
      if (layer.id().equals(id)) {
        return layer;
      }
    }
    String known = Arrays.stream(values()).map(Vgg19Layer::id).collect(Collectors.joining(", "));
    throw new NstException("VGG-19 has no layer '" + id + "'; choose among " + known + ".");
  }

  @Override
  public String toString() {
    return id();
  }
}
