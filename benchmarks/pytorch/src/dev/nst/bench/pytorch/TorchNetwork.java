package dev.nst.bench.pytorch;

import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.from_blob;
import static org.bytedeco.pytorch.global.torch.max_pool2d;

import dev.nst.model.Vgg19Layer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * VGG-19 down to conv5_2 in libtorch. Its weights do not ask for gradients, so the backward pass
 * goes to the picture only.
 */
final class TorchNetwork {

  private static final Vgg19Layer DEEPEST = Vgg19Layer.CONV5_2;
  private static final long[] ONE = {1, 1};
  private static final long[] TWO = {2, 2};

  private final ScalarType type;
  private final MemoryFormat layout;
  private final List<Tensor> weights = new ArrayList<>();
  private final List<TensorOptional> biases = new ArrayList<>();

  /**
   * Prepares the weights of {@link Scene}.
   *
   * @param type of weights and maps
   * @param layout of weights and maps
   */
  TorchNetwork(ScalarType type, MemoryFormat layout) {
    this.type = type;
    this.layout = layout;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (layer.compareTo(DEEPEST) <= 0) {
        long[] shape = {layer.outChannels(), layer.inChannels(), 3, 3};
        weights.add(tensor(Scene.weights(layer), shape).to(type).contiguous(layout));
        biases.add(new TensorOptional(tensor(Scene.bias(layer), layer.outChannels()).to(type)));
      }
    }
  }

  /** Returns a float32 tensor with a copy of {@code values}. */
  static Tensor tensor(float[] values, long... shape) {
    try (FloatPointer pointer = new FloatPointer(values);
        Tensor view = from_blob(pointer, shape)) {
      return view.clone();
    }
  }

  /**
   * Runs the network.
   *
   * <p>Java frees what C++ and Python would free by themselves: the handles of maps that nobody
   * looks at any more are closed at once, lest memory is held until the end of the iteration.
   *
   * @param picture normalised, {@code [1, 3, N, N]}, float32
   * @param taps whose maps are wanted
   * @return the maps after ReLU, which the caller closes
   */
  Map<Vgg19Layer, Tensor> taps(Tensor picture, Set<Vgg19Layer> taps) {
    Map<Vgg19Layer, Tensor> found = new EnumMap<>(Vgg19Layer.class);
    Tensor map = picture.to(type).contiguous(layout);
    boolean kept = false;
    for (int i = 0; i < weights.size(); i++) {
      Vgg19Layer layer = Vgg19Layer.values()[i];
      if (i > 0 && layer.id().endsWith("_1")) {
        map = replace(map, kept, max_pool2d(map, TWO, TWO, new long[] {0, 0}, ONE, false));
        kept = false;
      }
      map = replace(map, kept, conv2d(map, weights.get(i), biases.get(i), ONE, ONE, ONE, 1));
      // In place, as torchvision's VGG has it: it saves a pass over fresh memory.
      map.relu_();
      kept = taps.contains(layer);
      if (kept) {
        found.put(layer, map);
      }
    }
    if (!kept) {
      map.close();
    }
    return found;
  }

  private static Tensor replace(Tensor old, boolean keep, Tensor with) {
    if (!keep) {
      old.close();
    }
    return with;
  }
}
