package dev.nst.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.loss.LossScale;
import dev.nst.model.InputConvention;
import dev.nst.model.Vgg19Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeFormsTest {

  /**
   * Torchvision's deviations of pixels from 0 to 255, on average: how much smaller its input is.
   */
  private static final double SMALLER = 255 * (0.229 + 0.224 + 0.225) / 3;

  /**
   * Squared errors of features shrink by the square of it, those of Gram matrices by the fourth.
   */
  @Test
  void neuralStylePtPullsAsHardByTorchvisionsSmallerFeatures() {
    Recipe published = Recipe.neuralStylePt();
    Recipe adapted = published.forms().forTrained(InputConvention.TORCHVISION);
    double content = adapted.content().weight() / published.content().weight();
    double style = adapted.style().weight() / published.style().weight();
    assertThat(Math.sqrt(content)).isCloseTo(SMALLER, within(0.2));
    assertThat(Math.sqrt(Math.sqrt(style))).isCloseTo(SMALLER, within(0.2));
    assertThat(adapted.withContent(published.content()).withStyle(published.style()))
        .isEqualTo(published);
    assertThat(published.forms().forTrained(InputConvention.CAFFE)).isEqualTo(published);
  }

  @Test
  void anotherSizeOrNumberOfStepsChangesNothingAboutThat() {
    Recipe smaller = Recipe.neuralStylePt().withSize(100).withIterations(7);
    assertThat(smaller.forms().torchvision())
        .isEqualTo(Recipe.neuralStylePt().forms().torchvision().withSize(100).withIterations(7));
  }

  @Test
  void lossesOfTheUsersOwnAreLeftAsTheyAre() {
    Recipe published = Recipe.neuralStylePt();
    List.of(
            published.withContentWeight(6),
            published.withStyleWeight(99),
            published.withTvWeight(0),
            published.withContent(
                new ContentTerm(5, List.of(Vgg19Layer.CONV3_2), LossScale.ABSOLUTE)))
        .forEach(own -> assertThat(own.forms().torchvision()).isEqualTo(own));
  }

  @Test
  void noOtherRecipeAsksWhichTrainedWeightsThereAre() {
    assertThat(Recipe.all())
        .filteredOn(recipe -> !recipe.forms().torchvision().equals(recipe.forms().caffe()))
        .containsExactly(Recipe.neuralStylePt());
  }

  @Test
  void theLongestFormSaysHowLongARunCanBe() {
    RecipeForms forms = Recipe.multiscale().forms();
    assertThat(forms.random().iterations()).isGreaterThan(forms.caffe().iterations());
    assertThat(forms.mostIterations()).isEqualTo(forms.random().iterations());
  }

  @Test
  void aChangeIsMadeToEveryForm() {
    RecipeForms forms = Recipe.multiscale().forms().map(recipe -> recipe.withTvWeight(3));
    assertThat(List.of(forms.torchvision(), forms.caffe(), forms.random()))
        .allMatch(recipe -> recipe.tv().weight() == 3);
    assertThat(forms.random()).isNotEqualTo(forms.caffe());
  }
}
