package dev.nst.bench.pytorch;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.transfer.Losses;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import dev.nst.weights.WeightSource;
import java.util.HashMap;
import java.util.Map;

/** The contestant that this project wrote: {@code gatys} on {@code cpu-vector}. */
final class NstSide {

  private NstSide() {}

  /** Takes the edge of the pictures. Threads and vectors are asked for by system properties. */
  public static void main(String[] args) {
    int edge = Integer.parseInt(args[0]);
    // Ends when the orders end, not at a number of iterations.
    Recipe recipe = Recipe.gatys().withSize(edge).withIterations(Integer.MAX_VALUE);
    Orders orders = new Orders();
    try (Backend backend = Backends.open("cpu-vector", BackendOptions.defaults());
        Vgg19 vgg = Vgg19.of(backend, new SceneWeights());
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .content(Image.of(edge, edge, Scene.content(edge)))
                .style(Image.of(edge, edge, Scene.style(edge)))
                .recipe(recipe)
                .build()) {
      if (!orders.first()) {
        return;
      }
      job.run(
          step -> {
            if (!orders.finished(() -> parts(step.losses()))) {
              job.cancel();
            }
          });
    }
  }

  private static double[] parts(Losses losses) {
    return new double[] {losses.content(), losses.style(), losses.tv()};
  }

  private static final class SceneWeights implements WeightSource {

    private final Map<String, Vgg19Layer> weights = new HashMap<>();
    private final Map<String, Vgg19Layer> biases = new HashMap<>();

    SceneWeights() {
      for (Vgg19Layer layer : Vgg19Layer.values()) {
        weights.put(VggArchitecture.VGG19.weightName(layer), layer);
        biases.put(VggArchitecture.VGG19.biasName(layer), layer);
      }
    }

    @Override
    public boolean has(String name) {
      return weights.containsKey(name) || biases.containsKey(name);
    }

    @Override
    public int[] shape(String name) {
      Vgg19Layer layer = weights.get(name);
      return layer != null
          ? new int[] {layer.outChannels(), layer.inChannels(), 3, 3}
          : new int[] {biases.get(name).outChannels()};
    }

    @Override
    public float[] read(String name) {
      Vgg19Layer layer = weights.get(name);
      return layer != null ? Scene.weights(layer) : Scene.bias(biases.get(name));
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public String description() {
      return "the benchmark's weights";
    }
  }
}
