package dev.nst.model;

import dev.nst.NstException;
import dev.nst.weights.WeightSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which convolutions a VGG has (Simonyan and Zisserman 2015, Table 1), and what torchvision calls
 * their tensors: its numbers count convolutions, ReLUs and poolings alike.
 */
public enum VggArchitecture {

  /** Configuration E: sixteen convolutions. */
  VGG19("VGG-19", EnumSet.allOf(Vgg19Layer.class)),

  /** Configuration D: blocks 3 to 5 have three convolutions instead of four. */
  VGG16(
      "VGG-16",
      EnumSet.complementOf(EnumSet.of(Vgg19Layer.CONV3_4, Vgg19Layer.CONV4_4, Vgg19Layer.CONV5_4)));

  private final String title;
  private final Set<Vgg19Layer> layers;

  VggArchitecture(String title, Set<Vgg19Layer> layers) {
    this.title = title;
    this.layers = Collections.unmodifiableSet(layers);
  }

  /** Returns the name in files' metadata, which is torchvision's: {@code vgg19}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the layers in the network's order. */
  public Set<Vgg19Layer> layers() {
    return layers;
  }

  /** Returns the name of a layer's weights, {@code features.N.weight}: {@code [K, C, 3, 3]}. */
  public String weightName(Vgg19Layer layer) {
    return "features." + index(layer) + ".weight";
  }

  /** Returns the name of a layer's bias, {@code features.N.bias}: {@code [K]}. */
  public String biasName(Vgg19Layer layer) {
    return "features." + index(layer) + ".bias";
  }

  private int index(Vgg19Layer wanted) {
    int index = 0;
    for (Vgg19Layer layer : layers) {
      index += layer.startsBlock() ? 1 : 0;
      if (layer == wanted) {
        return index;
      }
      index += 2;
    }
    throw new IllegalArgumentException(title + " has no layer " + wanted);
  }

  /** Returns the names and shapes of all tensors, in the network's order. */
  public Map<String, List<Integer>> tensors() {
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    for (Vgg19Layer layer : layers) {
      tensors.put(weightName(layer), List.of(layer.outChannels(), layer.inChannels(), 3, 3));
      tensors.put(biasName(layer), List.of(layer.outChannels()));
    }
    return tensors;
  }

  /** Returns whether a 2x2 pooling stands between this layer and the next. */
  boolean endsBlock(Vgg19Layer layer) {
    return layers.stream()
        .filter(later -> later.compareTo(layer) > 0)
        .findFirst()
        .filter(Vgg19Layer::startsBlock)
        .isPresent();
  }

  /**
   * Checks that this network has layers.
   *
   * @throws NstException if it lacks one, naming those there are
   */
  public void requireLayers(Collection<Vgg19Layer> wanted) {
    for (Vgg19Layer layer : wanted) {
      if (!layers.contains(layer)) {
        throw new NstException(
            title
                + " has no layer "
                + layer
                + ", which the recipe wants; choose among "
                + layers.stream().map(Vgg19Layer::id).collect(Collectors.joining(", "))
                + ", or weights of another network.");
      }
    }
  }

  /**
   * Tells a network by its weights.
   *
   * @return the only architecture whose tensors these are; VGG-19 if they are those of none
   * @throws NstException if they are tensors of several networks, or one is missing or has another
   *     shape
   */
  public static VggArchitecture of(WeightSource weights) {
    Optional<String> only16 = mark(weights, VGG16, VGG19);
    Optional<String> only19 = mark(weights, VGG19, VGG16);
    if (only16.isPresent() && only19.isPresent()) {
      throw new NstException(
          "%s mixes tensors of VGG-19 ('%s') and VGG-16 ('%s'); give the weights of one network."
              .formatted(weights.description(), only19.get(), only16.get()));
    }
    VggArchitecture found = only16.isPresent() ? VGG16 : VGG19;
    found.tensors().forEach((name, shape) -> found.requireTensor(weights, name, shape));
    return found;
  }

  /** Returns a tensor that there is, and that of two networks only {@code one} has. */
  private static Optional<String> mark(
      WeightSource weights, VggArchitecture one, VggArchitecture other) {
    Set<String> others = other.tensors().keySet();
    return one.tensors().keySet().stream()
        .filter(name -> !others.contains(name) && weights.has(name))
        .findFirst();
  }

  private void requireTensor(WeightSource weights, String name, List<Integer> shape) {
    if (!weights.has(name)) {
      throw new NstException(
          "%s has no tensor '%s'; %s needs the features.* tensors of torchvision's %s checkpoint."
              .formatted(weights.description(), name, title, id()));
    }
    List<Integer> actual = Arrays.stream(weights.shape(name)).boxed().toList();
    if (!shape.equals(actual)) {
      throw new NstException(
          "%s: tensor '%s' should have shape %s, but has %s; these are not the weights of %s."
              .formatted(weights.description(), name, shape, actual, title));
    }
  }

  /** Returns what people call it: {@code VGG-19}. */
  @Override
  public String toString() {
    return title;
  }
}
