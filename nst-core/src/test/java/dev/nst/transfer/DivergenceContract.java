package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a job whose numbers leave their range. */
interface DivergenceContract extends OnSmallJob {

  @Test
  default void divergenceIsRefusedWithAListener() {
    try (StyleTransfer job = job(OnSmallJob.shallow(4).withLearningRate(1e30))) {
      assertThatThrownBy(() -> job.run(step -> {}))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
  }

  @Test
  default void divergenceIsRefusedWithoutAListener() {
    try (StyleTransfer job = job(OnSmallJob.shallow(4).withLearningRate(1e30))) {
      assertThatThrownBy(job::run)
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
  }

  @Test
  default void divergenceIsNoticedWithinAHundredIterationsThoughNobodyAsks() {
    List<Integer> heard = new ArrayList<>();
    Recipe smoothing = OnSmallJob.shallow(1000).withContentWeight(0).withStyleWeight(0);
    try (StyleTransfer job = job(smoothing.withLearningRate(2e38))) {
      assertThatThrownBy(() -> job.run(step -> heard.add(step.iteration())))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
    assertThat(heard).hasSizeLessThanOrEqualTo(100);
  }

  @Test
  default void divergenceIsNoticedAtOnceWhereLossesAreAskedFor() {
    List<Losses> heard = new ArrayList<>();
    try (StyleTransfer job = job(OnSmallJob.shallow(50).withLearningRate(1e30))) {
      assertThatThrownBy(() -> job.run(step -> heard.add(step.losses())))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
    assertThat(heard).hasSizeLessThan(5);
  }

  @Test
  default void gradientsThatAreTooLargeAtFirstOnlyDelayTheFirstStep() {
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job = job(OnSmallJob.shallow(30).withStyleWeight(1e6).withTvWeight(0))) {
      job.run(step -> totals.add(step.losses().total()));
    }
    assertThat(totals.get(29)).as("%s", totals).isLessThan(0.99 * totals.get(0));
  }

  @Test
  default void gradientsThatNoScaleBringsIntoTheRangeOfTheFeaturesAreRefused() {
    try (StyleTransfer job = job(OnSmallJob.shallow(30).withStyleWeight(1e14))) {
      if (backend().featureType() == DType.F16) {
        assertThatThrownBy(job::run)
            .isInstanceOf(NstException.class)
            .hasMessageContaining("float16")
            .hasMessageContaining("--precision bf16");
      } else {
        assertThat(job.run().dimensions()).isEqualTo(CONTENT.dimensions());
      }
    }
  }
}
