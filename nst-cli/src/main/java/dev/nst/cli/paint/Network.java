package dev.nst.cli.paint;

import dev.nst.backend.Backend;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeForms;
import java.util.ArrayList;
import java.util.List;

/**
 * The network that a choice of weights stands for, with the form of the recipe that suits it.
 *
 * @param vgg closed with this
 * @param recipe how it paints
 */
public record Network(Vgg19 vgg, Recipe recipe) implements AutoCloseable {

  /**
   * Opens the network.
   *
   * @param recipes how it may be used
   * @param content the photograph, which random features are tuned to
   * @param styles the paintings, likewise
   */
  public static Network open(
      Backend backend,
      WeightsChoice choice,
      RecipeForms recipes,
      Image content,
      List<Image> styles) {
    if (choice instanceof WeightsChoice.Trained trained) {
      Vgg19 vgg = Vgg19.load(backend, trained.file());
      return new Network(vgg, recipes.forTrained(vgg.input()));
    }
    List<Image> pictures = new ArrayList<>(styles);
    pictures.add(0, content);
    Recipe recipe = recipes.random();
    Image[] tunedTo = pictures.toArray(Image[]::new);
    return new Network(Vgg19.random(backend, recipe.seed(), recipe.pooling(), tunedTo), recipe);
  }

  @Override
  public void close() {
    vgg.close();
  }
}
