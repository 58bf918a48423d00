package dev.nst.recipe;

import dev.nst.model.InputConvention;
import java.util.function.UnaryOperator;

/**
 * A recipe as it is for each kind of features: what its loss weights do depends on how large those
 * are and on what they answer to. The forms share their name and size.
 *
 * @param torchvision for trained weights of {@link InputConvention#TORCHVISION}
 * @param caffe for trained weights of {@link InputConvention#CAFFE}
 * @param random for random features ({@link dev.nst.model.Vgg19#random})
 */
public record RecipeForms(Recipe torchvision, Recipe caffe, Recipe random) {

  /**
   * Returns the forms of a recipe: {@link Recipe#neuralStylePt}'s weights are made for Caffe's
   * values and others are in their place for torchvision's; {@link Recipe#multiscale} and {@link
   * Recipe#quick} have forms for random features. All else is the same for all.
   */
  public static RecipeForms of(Recipe recipe) {
    return new RecipeForms(
        NamedRecipes.forTorchvision(recipe), recipe, NamedRecipes.forRandomFeatures(recipe));
  }

  /** Returns these forms, each changed in the same way. */
  public RecipeForms map(UnaryOperator<Recipe> change) {
    return new RecipeForms(change.apply(torchvision), change.apply(caffe), change.apply(random));
  }

  /** Returns the iterations of the longest form. */
  public int mostIterations() {
    return Math.max(Math.max(torchvision.iterations(), caffe.iterations()), random.iterations());
  }

  /** Returns the form for trained weights of that convention. */
  public Recipe forTrained(InputConvention input) {
    return switch (input) {
      case TORCHVISION -> torchvision;
      case CAFFE -> caffe;
    };
  }
}
