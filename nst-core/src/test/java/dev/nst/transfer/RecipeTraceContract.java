package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.backend.Backend;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Init;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.Stages;
import dev.nst.weights.Safetensors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The recipes {@code crowsonkb} and {@code neural-style-pt} on synthetic weights, whole runs
 * against PyTorch in float64 (scripts/goldens/make_recipe_goldens.py), for backends of float32.
 */
@Timeout(600)
public abstract class RecipeTraceContract {

  /** PyTorch's own float32 is off by 3.4e-5 over this run. */
  private static final double CROWSONKB = 1e-3;

  /**
   * The first step of L-BFGS has an L1 norm of 1 over ten thousand pixels of 0 to 255: what its
   * curvature is made of is a difference of nearly equal gradients. PyTorch's own float32 is off by
   * 1e-2 over this run; cpu-vector, whose convolutions round more, was seen off by 1.3e-2 of the
   * total and 8e-2 of the small content term.
   */
  private static final double NEURAL_STYLE_PT = 8e-2;

  /** Of the first two iterations, before any curvature has been used. */
  private static final double FIRST_STEPS = 2e-5;

  private static final Image CONTENT = picture(1, 52, 64);
  private static final Image STYLE = picture(2, 50, 56);

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  private static Image picture(int number, int height, int width) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }

  @Test
  void crowsonkbOverTwoScalesEqualsItsFormulas() {
    Recipe recipe =
        Recipe.crowsonkb().withSize(64).withStages(new Stages.Ladder(40, 2, List.of(12, 8)));
    check("crowsonkb-trace.safetensors", recipe, CROWSONKB);
  }

  @Test
  void neuralStylePtFromTheContentEqualsItsFormulas() {
    Recipe recipe =
        Recipe.neuralStylePt()
            .withSize(64)
            .withInit(Init.Drawn.CONTENT)
            .withContentWeight(500)
            .withStyleWeight(1e6)
            .withTvWeight(1e-5)
            .withStages(new Stages.Single(8));
    check("neural-style-pt-trace.safetensors", recipe, NEURAL_STYLE_PT);
  }

  private void check(String file, Recipe recipe, double tolerance) {
    List<Losses> heard = new ArrayList<>();
    Image result;
    try (Backend backend = openBackend();
        Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
        StyleTransfer job =
            StyleTransfer.on(vgg).content(CONTENT).style(STYLE).recipe(recipe).build()) {
      result = job.run(step -> heard.add(step.losses()));
    }
    try (Safetensors golden = Safetensors.open(Golden.resource(file))) {
      checkTrace(heard, golden.read("losses"), tolerance);
      // Ours resizes in 16 bits, the reference in floats; Adam's first steps, which are all of one
      // length, make that visible: 1.1e-3 was seen.
      checkImage(result.toChw(), golden.read("image"), 2 * tolerance);
    }
  }

  private static void checkTrace(List<Losses> heard, float[] expected, double tolerance) {
    assertThat(heard).hasSize(expected.length / 4);
    double worst = 0;
    for (int i = 0; i < heard.size(); i++) {
      Losses losses = heard.get(i);
      double[] actual = {losses.total(), losses.content(), losses.style(), losses.tv()};
      for (int k = 0; k < actual.length; k++) {
        double wanted = i < 2 ? Math.min(FIRST_STEPS, tolerance) : tolerance;
        double allowed = wanted * (Math.abs(expected[4 * i + k]) + 0.1 * expected[4 * i]);
        worst = Math.max(worst, Math.abs(actual[k] - expected[4 * i + k]) / allowed);
        assertThat(actual[k])
            .as("iteration %d, loss %d", i, k)
            .isCloseTo(expected[4 * i + k], within(allowed));
      }
    }
    System.out.printf("trace: %.0f %% of %.0e used%n", 100 * worst, tolerance);
  }

  private static void checkImage(float[] actual, float[] expected, double tolerance) {
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow(actual[i] - expected[i], 2);
    }
    double rootMeanSquare = Math.sqrt(squares / expected.length);
    System.out.printf("image: root mean square error %.1e of %.0e%n", rootMeanSquare, tolerance);
    assertThat(rootMeanSquare).isLessThan(tolerance);
  }
}
