package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.contract.RecordingBackend;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.PixelSpace;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a painting job promises, on synthetic weights and small pictures. Every backend runs it. */
@Timeout(120)
public abstract class TransferContract extends JobContract {

  private static final Image CONTENT = picture(1, 40, 33);
  private static final Image STYLE = picture(2, 36, 39);

  private static Scene scene() {
    return Scene.of(
        PictureSource.of(CONTENT, PixelSpace.NORMALIZED),
        PictureSource.of(STYLE, PixelSpace.NORMALIZED));
  }

  /** Stops in block 2, for what does not depend on the depth of the network. */
  private static Recipe shallow(int iterations) {
    return Recipe.quick()
        .withContentLayers(List.of(Vgg19Layer.CONV2_1))
        .withStyleLayers(Map.of(Vgg19Layer.CONV1_1, 1.0, Vgg19Layer.CONV2_1, 1.0))
        .withIterations(iterations);
  }

  private StyleTransfer job(Recipe recipe) {
    return StyleTransfer.on(vgg).recipe(recipe).content(CONTENT).style(STYLE).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"multiscale", "quick", "gatys"})
  void lossFallsInEveryOfTheFirstIterations(String name) {
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job = job(Recipe.named(name).withIterations(4))) {
      job.run(step -> totals.add(step.losses().total()));
    }
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
    try (StyleTransfer job = job(shallow(4))) {
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
    try (StyleTransfer job = job(shallow(5))) {
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
    try (StyleTransfer job = job(shallow(2))) {
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
    Recipe recipe = shallow(2);
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
    try (StyleTransfer job = job(shallow(3))) {
      result = job.run(step -> last.set(step.image()));
    }
    assertThat(result.toChw()).isEqualTo(last.get().toChw());
  }

  @Test
  void resultHasTheContentsSizeAndLiesBetweenBlackAndWhite() {
    try (StyleTransfer job = job(shallow(3).withLearningRate(2))) {
      Image result = job.run();
      assertThat(result.dimensions()).isEqualTo(CONTENT.dimensions());
      for (float value : result.toChw()) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void cancelBeforeTheRunReturnsTheContent() {
    try (StyleTransfer job = job(shallow(3))) {
      job.cancel();
      Image result = job.run(step -> assertThat(step).as("a step after cancel").isNull());
      float[] expected = CONTENT.toChw();
      float[] actual = result.toChw();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f));
      }
    }
  }

  @Test
  void cancelFromAnotherThreadReturnsThePictureReached() {
    List<Integer> heard = new ArrayList<>();
    AtomicReference<Image> reached = new AtomicReference<>();
    Image result;
    try (StyleTransfer job = job(shallow(1_000_000))) {
      result =
          job.run(
              step -> {
                heard.add(step.iteration());
                if (step.iteration() == 2) {
                  reached.set(step.image());
                  onAnotherThread(job::cancel);
                }
              });
    }
    assertThat(heard).containsExactly(0, 1, 2);
    assertThat(result.toChw()).isEqualTo(reached.get().toChw());
  }

  @Test
  void cancelEndsARunWithoutAListener() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (StyleTransfer job = job(shallow(1_000_000))) {
      Thread canceller =
          new Thread(
              () -> {
                pause(300);
                job.cancel();
                cancelled.countDown();
              });
      canceller.start();
      assertThat(job.run().dimensions()).isEqualTo(CONTENT.dimensions());
      cancelled.await();
    }
  }

  private static void onAnotherThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void refusesToRunTwice() {
    try (StyleTransfer job = job(shallow(1))) {
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
  void divergenceIsRefusedWithAListener() {
    try (StyleTransfer job = job(shallow(4).withLearningRate(1e30))) {
      assertThatThrownBy(() -> job.run(step -> {}))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
  }

  @Test
  void divergenceIsRefusedWithoutAListener() {
    try (StyleTransfer job = job(shallow(4).withLearningRate(1e30))) {
      assertThatThrownBy(job::run)
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
  }

  @Test
  void divergenceIsNoticedWithinAHundredIterationsThoughNobodyAsks() {
    List<Integer> heard = new ArrayList<>();
    Recipe smoothing = shallow(1000).withContentWeight(0).withStyleWeight(0);
    try (StyleTransfer job = job(smoothing.withLearningRate(2e38))) {
      assertThatThrownBy(() -> job.run(step -> heard.add(step.iteration())))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
    assertThat(heard).hasSizeLessThanOrEqualTo(100);
  }

  @Test
  void divergenceIsNoticedAtOnceWhereLossesAreAskedFor() {
    List<Losses> heard = new ArrayList<>();
    try (StyleTransfer job = job(shallow(50).withLearningRate(1e30))) {
      assertThatThrownBy(() -> job.run(step -> heard.add(step.losses())))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("learning rate");
    }
    assertThat(heard).hasSizeLessThan(5);
  }

  @Test
  void gradientsThatAreTooLargeAtFirstOnlyDelayTheFirstStep() {
    List<Double> totals = new ArrayList<>();
    try (StyleTransfer job = job(shallow(30).withStyleWeight(1e6).withTvWeight(0))) {
      job.run(step -> totals.add(step.losses().total()));
    }
    assertThat(totals.get(29)).as("%s", totals).isLessThan(0.99 * totals.get(0));
  }

  @Test
  void gradientsThatNoScaleBringsIntoTheRangeOfTheFeaturesAreRefused() {
    try (StyleTransfer job = job(shallow(30).withStyleWeight(1e14))) {
      if (backend.featureType() == DType.F16) {
        assertThatThrownBy(job::run)
            .isInstanceOf(NstException.class)
            .hasMessageContaining("float16")
            .hasMessageContaining("--precision bf16");
      } else {
        assertThat(job.run().dimensions()).isEqualTo(CONTENT.dimensions());
      }
    }
  }

  @Test
  void anExceptionOfTheListenerEndsTheRunAndGivesItsMemoryBack() {
    IllegalStateException failure = new IllegalStateException("the listener's");
    try (StyleTransfer job = job(shallow(4))) {
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
