package dev.nst.transfer;

import dev.nst.autograd.Tape;
import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.loss.LossScale;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.optim.Adam;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.ContentTerm;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.StyleForm;
import dev.nst.recipe.StyleTerm;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The recipe {@code gatys} on synthetic weights, against PyTorch in float64 (scripts/goldens).
 * Every backend runs this, each within the {@link GoldenTolerances} of its precision. All tests of
 * a class share one network, since most of their time would go into preparing its filters.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class GoldenContract {

  private Backend backend;
  private Vgg19 vgg;

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  @BeforeAll
  void open() {
    backend = openBackend();
    vgg = Vgg19.of(backend, SyntheticWeights.source());
  }

  @AfterAll
  void close() {
    vgg.close();
    backend.close();
  }

  /** Returns what the backend is held to; one that overrides this says why. */
  protected GoldenTolerances tolerances(Backend backend) {
    return GoldenTolerances.of(backend.precision());
  }

  private interface Check {
    void run(Golden golden, Arena session, Arena step);
  }

  private void withGolden(
      int height, int width, String pooling, int styleHeight, int styleWidth, Check check) {
    withGolden(Golden.open(height, width, pooling, styleHeight, styleWidth), check);
  }

  private void withGolden(Golden golden, Check check) {
    try (golden;
        Arena session = backend.openArena("session");
        Arena step = backend.openArena("step")) {
      check.run(golden, session, step);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "32,32,max,40,35",
    "32,32,avg,40,35",
    "33,47,max,40,35",
    "33,47,avg,40,35",
    "48,37,max,32,32",
    "48,37,avg,32,32"
  })
  void featuresAtEveryTapEqualPyTorch(int height, int width, String pooling, int sh, int sw) {
    withGolden(
        height,
        width,
        pooling,
        sh,
        sw,
        (golden, session, step) -> {
          Tape tape = new Tape(backend, step);
          Tensor input = ImageNetInput.upload(backend, session, golden.content());
          vgg.run(
              tape,
              tape.constant(input),
              golden.recipe().pooling(),
              EnumSet.allOf(Vgg19Layer.class),
              (layer, features) ->
                  GoldenChecks.checkFeatures(
                      backend,
                      tolerances(backend),
                      golden.file(),
                      "features." + layer.id(),
                      features.value()));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "32,32,max,40,35",
    "32,32,avg,40,35",
    "33,47,max,40,35",
    "33,47,avg,40,35",
    "48,37,max,32,32",
    "48,37,avg,32,32"
  })
  void lossesAndImageGradientEqualPyTorch(int height, int width, String pooling, int sh, int sw) {
    withGolden(
        height,
        width,
        pooling,
        sh,
        sw,
        (golden, session, step) -> {
          Objective objective = new Objective(vgg, golden.recipe(), session, golden.scene());
          BiConsumer<String, Image> check =
              (start, image) -> {
                Tensor x = ImageNetInput.upload(backend, session, image);
                Tensor gradient = gradient(backend, objective, x, session, step);
                GoldenChecks.checkLosses(
                    tolerances(backend),
                    objective.losses(),
                    golden.read("start." + start + ".losses"),
                    0,
                    start);
                GoldenChecks.checkClose(
                    download(backend, gradient),
                    golden.read("start." + start + ".gradient"),
                    tolerances(backend).gradient(),
                    "gradient at " + start);
              };
          check.accept("content", golden.content());
          check.accept("other", golden.other());
        });
  }

  @Test
  void relativeLossesAndTheirImageGradientEqualPyTorch() {
    // The weights that the file was made with, whatever the recipe's become.
    Map<Vgg19Layer, Double> style = new EnumMap<>(Vgg19Layer.class);
    for (int block = 1; block <= 5; block++) {
      style.put(Vgg19Layer.of("conv" + block + "_1"), 0.2);
    }
    Recipe recipe =
        Recipe.quick()
            .withContent(new ContentTerm(1, List.of(Vgg19Layer.CONV5_2), LossScale.RELATIVE))
            .withStyle(new StyleTerm(100, style, StyleForm.RELATIVE, 1, true))
            .withTvWeight(2);
    withGolden(
        Golden.open(recipe, 33, 47, "max", 40, 35),
        (golden, session, step) -> {
          Objective objective = new Objective(vgg, golden.recipe(), session, golden.scene());
          Tensor x = ImageNetInput.upload(backend, session, golden.other());
          Tensor gradient = gradient(backend, objective, x, session, step);
          GoldenTolerances tolerances = tolerances(backend);
          GoldenChecks.checkLosses(
              tolerances, objective.losses(), golden.read("start.other.losses"), 0, "other");
          GoldenChecks.checkClose(
              download(backend, gradient),
              golden.read("start.other.gradient"),
              tolerances.deepGradient(),
              "relative gradient");
        });
  }

  @ParameterizedTest
  @CsvSource({"33,47,max,40,35", "48,37,avg,32,32"})
  void contentGradientThroughEveryLayerEqualsPyTorch(
      int height, int width, String pooling, int sh, int sw) {
    checkContentGradient(height, width, pooling, sh, sw);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"32,32,max,40,35", "33,47,avg,40,35"})
  void furtherContentGradientsEqualPyTorch(int height, int width, String pooling, int sh, int sw) {
    checkContentGradient(height, width, pooling, sh, sw);
  }

  private void checkContentGradient(int height, int width, String pooling, int sh, int sw) {
    withGolden(
        height,
        width,
        pooling,
        sh,
        sw,
        (golden, session, step) -> {
          Recipe contentOnly = golden.recipe().withStyleWeight(0).withTvWeight(0);
          Objective objective = new Objective(vgg, contentOnly, session, golden.scene());
          Tensor x = ImageNetInput.upload(backend, session, golden.other());
          float[] gradient = download(backend, gradient(backend, objective, x, session, step));
          GoldenChecks.checkClose(
              gradient,
              golden.read("start.other.content_gradient"),
              tolerances(backend).deepGradient(),
              "content gradient");
        });
  }

  @ParameterizedTest
  @CsvSource({"33,47,max,40,35", "48,37,avg,32,32"})
  void tenAdamStepsEqualPyTorch(int height, int width, String pooling, int sh, int sw) {
    checkTenAdamSteps(height, width, pooling, sh, sw);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"32,32,max,40,35", "32,32,avg,40,35"})
  void tenAdamStepsOnASquareEqualPyTorch(int height, int width, String pooling, int sh, int sw) {
    checkTenAdamSteps(height, width, pooling, sh, sw);
  }

  private void checkTenAdamSteps(int height, int width, String pooling, int sh, int sw) {
    withGolden(
        height,
        width,
        pooling,
        sh,
        sw,
        (golden, session, step) -> {
          Objective objective = new Objective(vgg, golden.recipe(), session, golden.scene());
          Tensor image = ImageNetInput.upload(backend, session, golden.content());
          Adam adam =
              new Adam(
                  backend,
                  session,
                  image.shape(),
                  AdamParameters.withLearningRate(golden.recipe().optimizer().learningRate()));
          GradScaler scaler = GradScaler.forFeaturesOf(backend, session);
          GoldenTolerances tolerances = tolerances(backend);
          float[] losses = golden.read("adam.losses");
          for (int i = 0; i < 10; i++) {
            Tensor gradient = finiteGradient(backend, objective, image, scaler, step);
            GoldenChecks.checkLosses(tolerances, objective.losses(), losses, 4 * i, "step " + i);
            adam.step(image, gradient, scaler.apply());
          }
          GoldenChecks.checkClose(
              download(backend, image), golden.read("adam.image"), tolerances.image(), "image");
        });
  }

  /** Returns the gradient of the losses at {@code image}, scaled on the way where needed. */
  private static Tensor gradient(
      Backend backend, Objective objective, Tensor image, Arena session, Arena step) {
    GradScaler scaler = GradScaler.forFeaturesOf(backend, session);
    return finiteGradient(backend, objective, image, scaler, step);
  }

  /** Tries ever smaller scales, as a run does by leaving steps out. */
  private static Tensor finiteGradient(
      Backend backend, Objective objective, Tensor image, GradScaler scaler, Arena step) {
    for (int tries = 0; tries < 20; tries++) {
      Tensor gradient = objective.gradient(image, step, scaler.scale());
      scaler.unscale(gradient);
      if (download(backend, scaler.apply())[0] == 1) {
        return gradient;
      }
    }
    throw new AssertionError("no scale gives a finite gradient");
  }

  private static float[] download(Backend backend, Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    backend.download(values, tensor);
    return values;
  }
}
