package dev.nst.model;

import dev.nst.NstException;
import dev.nst.weights.WeightSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What numbers a network's first convolution was trained on. A file of weights declares it in its
 * metadata under {@link #KEY}, because neither names nor shapes tell.
 */
public enum InputConvention {

  /** Red, green, blue in {@link PixelSpace#NORMALIZED}. */
  TORCHVISION(PixelSpace.NORMALIZED, false, "RGB in [0,1], normalised with ImageNet mean/std"),

  /**
   * Blue, green, red in {@link PixelSpace#CAFFE}: the values that Simonyan and Zisserman published,
   * which Gatys, Johnson's neural-style and its successors use.
   */
  CAFFE(PixelSpace.CAFFE, true, "BGR in [0,255], minus ImageNet mean");

  /** The key in a file's metadata; without it, weights are torchvision's. */
  public static final String KEY = "input_convention";

  private final PixelSpace pixels;
  private final boolean blueFirst;
  private final String description;

  InputConvention(PixelSpace pixels, boolean blueFirst, String description) {
    this.pixels = pixels;
    this.blueFirst = blueFirst;
    this.description = description;
  }

  /** Returns the name that users and files write: {@code caffe}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the space of the pictures; their channels stay red, green, blue. */
  public PixelSpace pixels() {
    return pixels;
  }

  /** Returns what the network takes, for a person. */
  public String description() {
    return description;
  }

  /**
   * Returns the first convolution's weights for pictures whose red comes first.
   *
   * @param weights {@code [K, 3, 3, 3]}, row-major, in this convention's order of channels
   */
  float[] redFirst(float[] weights) {
    if (!blueFirst) {
      return weights;
    }
    int plane = 9;
    float[] turned = new float[weights.length];
    for (int from = 0; from < weights.length; from += plane) {
      int channel = from / plane % 3;
      int to = from + (2 - 2 * channel) * plane;
      System.arraycopy(weights, from, turned, to, plane);
    }
    return turned;
  }

  /**
   * Returns the convention of that name.
   *
   * @throws NstException if there is none
   */
  public static InputConvention of(String id) {
    return Arrays.stream(values())
        .filter(convention -> convention.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new NstException(
                    "There is no input convention '"
                        + id
                        + "'; choose among "
                        + Arrays.stream(values())
                            .map(InputConvention::id)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  /**
   * Returns the convention that weights declare.
   *
   * @throws NstException if it is none that is known
   */
  public static InputConvention of(WeightSource weights) {
    String declared = weights.metadata().get(KEY);
    try {
      return declared == null ? TORCHVISION : of(declared);
    } catch (NstException e) {
      throw new NstException(
          weights.description() + ": " + e.getMessage() + " Convert the checkpoint anew.", e);
    }
  }
}
