package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.optim.LbfgsParameters.LineSearch;
import dev.nst.recipe.Optimizer;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.Stages;
import dev.nst.recipe.StyleForm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What runs of several stages, several paintings and other optimisers promise. */
@Timeout(300)
public abstract class StageContract extends JobContract {

  private static final Image CONTENT = picture(1, 80, 66);
  private static final Image STYLE = picture(2, 72, 78);
  private static final Image OTHER = picture(3, 50, 60);

  /** The shallow recipe in three stages. */
  private static Recipe shallow() {
    return OnSmallJob.shallow(1).withStages(new Stages.Ladder(32, 2, List.of(3, 2)));
  }

  private StyleTransfer job(Recipe recipe, Image... styles) {
    return StyleTransfer.on(vgg).recipe(recipe).content(CONTENT).styles(List.of(styles)).build();
  }

  @Test
  void everyStepKnowsItsPlaceAmongAllStages() {
    List<String> places = new ArrayList<>();
    try (StyleTransfer job = job(shallow(), STYLE)) {
      assertThat(job.iterations()).isEqualTo(7);
      job.run(
          step -> {
            assertThat(step.iterations()).isEqualTo(7);
            assertThat(step.image().dimensions()).isEqualTo(step.size());
            places.add(
                "%d: %d of %d, %s"
                    .formatted(step.iteration(), step.stage(), step.stages(), step.size()));
          });
    }
    assertThat(places)
        .containsExactly(
            "0: 0 of 3, 40x33",
            "1: 0 of 3, 40x33",
            "2: 0 of 3, 40x33",
            "3: 1 of 3, 56x47",
            "4: 1 of 3, 56x47",
            "5: 2 of 3, 80x66",
            "6: 2 of 3, 80x66");
  }

  @Test
  void aRunCancelledInASmallStageGivesThePictureAtTheSizeAskedFor() {
    List<Dimensions> sizes = new ArrayList<>();
    Image result;
    try (StyleTransfer job = job(shallow(), STYLE)) {
      result =
          job.run(
              step -> {
                sizes.add(step.size());
                if (step.iteration() == 1) {
                  job.cancel();
                }
              });
    }
    assertThat(sizes).containsOnly(new Dimensions(40, 33)).hasSize(2);
    assertThat(result.dimensions()).isEqualTo(CONTENT.dimensions());
    float[] values = result.toChw();
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isBetween(0f, 1f);
    }
  }

  @Test
  void plannedPeakIsTheLargestOfAllStages() {
    startAfresh();
    try (StyleTransfer job = job(shallow(), STYLE, OTHER)) {
      long planned = job.peakBytes();
      job.run(Step::image);
      assertThat(planned).isEqualTo(recording.peakBytes() + backend.workspaceBytes());
    }
  }

  @Test
  void theNextStageStartsNearWhereTheLastOneEnded() {
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job =
        job(shallow().withStages(new Stages.Ladder(32, 2, List.of(20, 5))), STYLE)) {
      job.run(step -> totals.add(step.losses().total()));
    }
    assertThat(totals.get(20)).as("%s", totals).isLessThan(0.7 * totals.get(0));
  }

  private Losses evaluate(Recipe recipe, StyleBlend blend, Image... styles) {
    try (StyleTransfer job =
        StyleTransfer.on(vgg)
            .recipe(recipe)
            .content(CONTENT)
            .styles(List.of(styles))
            .styleBlend(blend)
            .build()) {
      return job.evaluate(CONTENT);
    }
  }

  @ParameterizedTest
  @EnumSource(StyleForm.class)
  void aBlendWithOnePaintingAloneIsThatPainting(StyleForm form) {
    Recipe recipe = shallow().withStyle(shallow().style().withForm(form));
    double alone = evaluate(recipe, StyleBlend.equal(1), OTHER).style();
    double blended = evaluate(recipe, new StyleBlend(List.of(0.0, 3.0)), STYLE, OTHER).style();
    double half = evaluate(recipe, StyleBlend.equal(2), STYLE, OTHER).style();
    assertThat(alone).isPositive();
    assertThat(blended).isCloseTo(alone, within(1e-4 * alone));
    assertThat(half).isNotCloseTo(alone, within(1e-3 * alone));
  }

  @Test
  void aPictureIsEvaluatedAsItsRunWould() {
    List<Losses> heard = new ArrayList<>();
    Recipe recipe = shallow().withStages(new Stages.Single(1));
    try (StyleTransfer job = job(recipe, STYLE)) {
      Losses before = job.evaluate(CONTENT);
      Image result = job.run(step -> heard.add(step.losses()));
      assertThat(before).isEqualTo(heard.get(0));
      assertThat(job.evaluate(result).total()).isLessThan(before.total());
      assertThatThrownBy(() -> job.evaluate(OTHER))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("50x60")
          .hasMessageContaining("80x66");
    }
  }

  @ParameterizedTest
  @EnumSource(LineSearch.class)
  void lbfgsLowersTheLoss(LineSearch search) {
    startAfresh();
    List<Double> totals = new ArrayList<>();
    Recipe recipe =
        shallow()
            .withOptimizer(new Optimizer.Lbfgs(1, 5, search))
            .withStages(new Stages.Single(12));
    try (StyleTransfer job = job(recipe, STYLE)) {
      long planned = job.peakBytes();
      job.run(step -> totals.add(step.losses().total()));
      assertThat(planned).isEqualTo(recording.peakBytes() + backend.workspaceBytes());
    }
    assertThat(totals.get(11)).as("%s", totals).isLessThan(0.7 * totals.get(0));
  }

  @Test
  void normalizedGradientsPullWhateverTheErrorsUnitIs() {
    Recipe recipe = shallow().withNormalizedGradients(true).withStages(new Stages.Single(8));
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job = job(recipe, STYLE)) {
      job.run(step -> totals.add(step.losses().style()));
    }
    assertThat(totals.get(7)).as("%s", totals).isLessThan(totals.get(0));
  }

  @Test
  void theAverageOfTheIteratesIsTheResult() {
    Recipe one = shallow().withStages(new Stages.Single(1)).withClamp(true);
    float[] last;
    try (StyleTransfer job = job(one, STYLE)) {
      last = job.run().toChw();
    }
    float[] averaged;
    try (StyleTransfer job = job(one.withAveraging(0.5), STYLE)) {
      averaged = job.run().toChw();
    }
    float[] start = CONTENT.toChw();
    for (int i = 0; i < last.length; i++) {
      // v = .5 (.5 x0) + .5 x1, divided by 1 - .25.
      double expected = (0.25 * start[i] + 0.5 * last[i]) / 0.75;
      assertThat(averaged[i]).isCloseTo((float) expected, within(1e-5f));
    }
  }
}
