package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.contract.RecordingBackend;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.PixelSpace;
import dev.nst.model.Vgg19;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a painting job promises, on synthetic weights and small pictures. Every backend runs it. */
@Timeout(120)
public abstract class TransferContract extends JobContract
    implements CancelContract, DivergenceContract {

  private static Scene scene() {
    return Scene.of(
        PictureSource.of(CONTENT, PixelSpace.NORMALIZED),
        PictureSource.of(STYLE, PixelSpace.NORMALIZED));
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public StyleTransfer job(Recipe recipe) {
    return StyleTransfer.on(vgg).recipe(recipe).content(CONTENT).style(STYLE).build();
  }

  /**
   * Losses are measured in units in which no first gradient is too large for float16; what becomes
   * of those that are is {@link DivergenceContract}'s.
   */
  @ParameterizedTest
  @CsvSource({"multiscale,0.001", "quick,1", "gatys,1"})
  void lossFallsInEveryOfTheFirstIterations(String name, double unit) {
    Recipe recipe = Recipe.named(name);
    recipe =
        recipe
            .withContentWeight(unit * recipe.content().weight())
            .withStyleWeight(unit * recipe.style().weight())
            .withTvWeight(unit * recipe.tv().weight());
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job = job(recipe)) {
      job.run(
          step -> {
            totals.add(step.losses().total());
            if (totals.size() == 4) {
              job.cancel();
            }
          });
    }
    assertThat(totals).hasSize(4);
    for (int i = 1; i < totals.size(); i++) {
      assertThat(totals.get(i))
          .as("losses %s, iteration %d", totals, i)
          .isLessThan(totals.get(i - 1));
    }
  }

  @Test
  void listenerHearsEveryIterationInOrder() {
    List<Integer> heard = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    try (StyleTransfer job = job(OnSmallJob.shallow(4))) {
      job.run(
          step -> {
            assertThat(step.iterations()).isEqualTo(4);
            heard.add(step.iteration());
            seconds.add(step.seconds());
          });
    }
    assertThat(heard).containsExactly(0, 1, 2, 3);
    assertThat(seconds).isSorted();
  }

  @Test
  void nothingIsReadBackUntilAListenerAsks() {
    List<Integer> downloads = new ArrayList<>();
    List<Losses> twice = new ArrayList<>();
    try (StyleTransfer job = job(OnSmallJob.shallow(5))) {
      job.run(
          step -> {
            if (step.iteration() == 3) {
              twice.add(step.losses());
              int once = recording.downloads();
              twice.add(step.losses());
              assertThat(step.toString()).contains("iteration 4 of 5");
              assertThat(recording.downloads()).isEqualTo(once);
            }
            downloads.add(recording.downloads());
          });
    }
    assertThat(downloads.get(2)).isEqualTo(downloads.get(0));
    assertThat(downloads.get(3)).isGreaterThan(downloads.get(2));
    assertThat(downloads.get(4)).isEqualTo(downloads.get(3));
    assertThat(twice.get(0)).isEqualTo(twice.get(1));
  }

  @Test
  void aStepThatIsOverReadsNothingMore() {
    List<Step> steps = new ArrayList<>();
    try (StyleTransfer job = job(OnSmallJob.shallow(2))) {
      job.run(
          step -> {
            steps.add(step);
            if (step.iteration() == 1) {
              step.losses();
            }
          });
    }
    assertThatThrownBy(steps.get(0)::losses)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("iteration 1");
    assertThatThrownBy(steps.get(1)::image).isInstanceOf(IllegalStateException.class);
    assertThat(steps.get(1).losses().isFinite()).isTrue();
  }

  @Test
  void lossesAreThoseBeforeTheStep() {
    List<Losses> heard = new ArrayList<>();
    Recipe recipe = OnSmallJob.shallow(2);
    try (StyleTransfer job = job(recipe)) {
      job.run(step -> heard.add(step.losses()));
    }
    try (Arena session = recording.backend().openArena("session");
        Arena step = recording.backend().openArena("step")) {
      Objective objective = new Objective(vgg, recipe, session, scene());
      Tensor image = ImageNetInput.upload(recording.backend(), session, CONTENT);
      Tensor scale = GradScaler.forFeaturesOf(recording.backend(), session).scale();
      objective.gradient(image, step, scale);
      assertThat(heard.get(0)).isEqualTo(objective.losses());
    }
    assertThat(heard.get(1)).isNotEqualTo(heard.get(0));
  }

  @Test
  void gatysStartsWithoutContentLoss() {
    List<Losses> heard = new ArrayList<>();
    try (StyleTransfer job = job(Recipe.gatys().withIterations(2))) {
      job.run(step -> heard.add(step.losses()));
    }
    assertThat(heard.get(0).content()).isZero();
    assertThat(heard.get(1).content()).isPositive();
  }

  @Test
  void lastStepShowsTheResult() {
    AtomicReference<Image> last = new AtomicReference<>();
    Image result;
    try (StyleTransfer job = job(OnSmallJob.shallow(3))) {
      result = job.run(step -> last.set(step.image()));
    }
    assertThat(result.toChw()).isEqualTo(last.get().toChw());
  }

  @Test
  void resultHasTheContentsSizeAndLiesBetweenBlackAndWhite() {
    try (StyleTransfer job = job(OnSmallJob.shallow(3).withLearningRate(2))) {
      Image result = job.run();
      assertThat(result.dimensions()).isEqualTo(CONTENT.dimensions());
      for (float value : result.toChw()) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void refusesToRunTwice() {
    try (StyleTransfer job = job(OnSmallJob.shallow(1))) {
      job.run();
      assertThatThrownBy(job::run).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesToBuildWithoutAPicture() {
    assertThatThrownBy(() -> StyleTransfer.on(vgg).content(CONTENT).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("style");
    assertThatThrownBy(() -> StyleTransfer.on(vgg).style(STYLE).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("content");
  }

  @Test
  void refusesAPictureThatIsTooSmall() {
    Image small = picture(3, 48, Vgg19.SMALLEST_EDGE - 1);
    assertThatThrownBy(() -> StyleTransfer.on(vgg).content(small).style(STYLE).build())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("content picture is 48x" + (Vgg19.SMALLEST_EDGE - 1));
    assertThatThrownBy(() -> StyleTransfer.on(vgg).content(CONTENT).style(small).build())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("style picture is 48x" + (Vgg19.SMALLEST_EDGE - 1));
  }

  @Test
  void acceptsTheSmallestPicture() {
    Image smallest = picture(3, Vgg19.SMALLEST_EDGE, Vgg19.SMALLEST_EDGE);
    Recipe recipe = Recipe.quick().withIterations(1);
    try (StyleTransfer job =
        StyleTransfer.on(vgg).recipe(recipe).content(smallest).style(smallest).build()) {
      assertThat(job.run(step -> {}).dimensions()).isEqualTo(smallest.dimensions());
    }
  }

  @Test
  void anExceptionOfTheListenerEndsTheRunAndGivesItsMemoryBack() {
    IllegalStateException failure = new IllegalStateException("the listener's");
    try (StyleTransfer job = job(OnSmallJob.shallow(4))) {
      assertThatThrownBy(
              () ->
                  job.run(
                      step -> {
                        throw failure;
                      }))
          .isSameAs(failure);
    }
    RecordingBackend used = recording;
    startAfresh();
    assertThat(used.reservedBytes()).isZero();
  }

  @Test
  void takesNoNewMemoryFromTheSecondIterationOn() {
    try (Session session =
        new Session(
            vgg, Recipe.quick(), scene(), PictureSource.of(CONTENT, PixelSpace.NORMALIZED))) {
      session.iterate();
      session.iterate();
      long reserved = recording.reservedBytes();
      session.iterate();
      session.losses();
      session.image();
      session.iterate();
      assertThat(recording.reservedBytes()).isEqualTo(reserved);
    }
  }

  /** The plan counts tensors and filters; a kernel's workspaces are on neither side here. */
  @ParameterizedTest
  @ValueSource(strings = {"multiscale", "quick", "gatys"})
  void plannedPeakIsWhatArenasAndFiltersTake(String name) {
    startAfresh();
    try (StyleTransfer job = job(Recipe.named(name).withIterations(2))) {
      long planned = job.peakBytes();
      job.run(Step::image);
      assertThat(planned).isEqualTo(recording.peakBytes() + backend.workspaceBytes());
    }
  }

  @Test
  void equalInputsGiveBitEqualResults() {
    Recipe recipe = Recipe.quick().withIterations(2);
    Image first;
    try (StyleTransfer job = job(recipe)) {
      first = job.run();
    }
    try (StyleTransfer job = job(recipe)) {
      assertThat(job.run(step -> {}).toChw()).isEqualTo(first.toChw());
    }
  }
}
