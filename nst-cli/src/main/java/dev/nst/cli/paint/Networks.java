package dev.nst.cli.paint;

import dev.nst.backend.Backend;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;

/** Opens the network that a choice of weights stands for. */
public final class Networks {

  private Networks() {}

  /**
   * Opens the network.
   *
   * @param recipe how it will be used
   * @param seed of random features
   * @param content the photograph, which random features are tuned to
   * @param styles the paintings, likewise
   */
  public static Vgg19 open(
      Backend backend,
      WeightsChoice choice,
      Recipe recipe,
      long seed,
      Image content,
      List<Image> styles) {
    if (choice instanceof WeightsChoice.Trained trained) {
      return Vgg19.load(backend, trained.file());
    }
    List<Image> pictures = new ArrayList<>(styles);
    pictures.add(0, content);
    return Vgg19.random(backend, seed, recipe.pooling(), pictures.toArray(Image[]::new));
  }
}
