package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.weights.WeightSource;
import java.util.Map;

/**
 * Finds the peak memory of a run by rehearsing it: the real session and two iterations run on a
 * {@link CountingBackend}, so the answer follows the code by itself. Tensors and filters are
 * counted; workspaces of kernels and copies on the host are not.
 */
final class MemoryPlan {

  private MemoryPlan() {}

  /**
   * Returns the peak bytes of tensors and filters for pictures of these sizes.
   *
   * @throws dev.nst.NstException if a tensor would be larger than the backend can make one
   */
  static long peakBytes(Backend backend, Recipe recipe, Dimensions content, Dimensions style) {
    CountingBackend counting = new CountingBackend(backend);
    try (Vgg19 vgg = Vgg19.of(counting, new NoWeights());
        Session session = new Session(vgg, recipe, blank(content), blank(style))) {
      session.iterate();
      session.iterate();
    }
    return counting.peakBytes();
  }

  private static Image blank(Dimensions size) {
    float[] values = new float[Math.toIntExact(3 * size.pixels())];
    return Image.of(size.width(), size.height(), values);
  }

  /** Has every tensor of VGG-19 by name and shape, and no numbers. */
  private record NoWeights() implements WeightSource {

    @Override
    public boolean has(String name) {
      return true;
    }

    @Override
    public int[] shape(String name) {
      for (Vgg19Layer layer : Vgg19Layer.values()) {
        if (layer.weightName().equals(name)) {
          return new int[] {layer.outChannels(), layer.inChannels(), 3, 3};
        }
        if (layer.biasName().equals(name)) {
          return new int[] {layer.outChannels()};
        }
      }
      throw new IllegalArgumentException("no tensor of VGG-19: " + name);
    }

    @Override
    public float[] read(String name) {
      return new float[0];
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public String description() {
      return "the memory plan";
    }
  }
}
