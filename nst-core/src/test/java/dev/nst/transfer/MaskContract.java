package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.contract.Reference64;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.ContentTerm;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.Stages;
import dev.nst.recipe.StyleForm;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a run with masks promises. */
@Timeout(120)
public abstract class MaskContract extends JobContract {

  private static final Image CONTENT = picture(1, 40, 33);
  private static final Image STYLE = picture(2, 36, 39);
  private static final int ONE = 0xFF0000;
  private static final int TWO = 0x0000FF;
  private static final Map<Vgg19Layer, Double> LAYERS =
      Map.of(Vgg19Layer.CONV1_1, 1.0, Vgg19Layer.CONV2_1, 0.5);

  private static Recipe recipe(StyleForm form) {
    Recipe base = Recipe.quick();
    return base.withContent(new ContentTerm(1, List.of(Vgg19Layer.CONV2_1), base.content().scale()))
        .withStyle(base.style().withForm(form).withLayers(LAYERS))
        .withStages(new Stages.Single(3));
  }

  /** A mask of two colours side by side. */
  private static Image split(int width, int height, int column, int left, int right) {
    return FlatPictures.image(width, height, (x, y) -> x < column ? left : right);
  }

  private StyleTransfer job(Recipe recipe, Masks masks) {
    return StyleTransfer.on(vgg).recipe(recipe).content(CONTENT).style(STYLE).masks(masks).build();
  }

  @ParameterizedTest
  @EnumSource(value = StyleForm.class, mode = Mode.EXCLUDE, names = "WASSERSTEIN")
  void oneRegionThatIsEverythingChangesNothing(StyleForm form) {
    Masks masks = Masks.of(split(80, 66, 0, ONE, ONE), List.of(split(36, 39, 0, ONE, ONE)));
    List<Losses> plain = losses(StyleTransfer.on(vgg).recipe(recipe(form)));
    List<Losses> masked = losses(StyleTransfer.on(vgg).recipe(recipe(form)).masks(masks));
    assertThat(masked.get(0)).isEqualTo(plain.get(0));
    // Gradients are added up in another order, so from here on rounding may differ.
    double last = plain.get(2).total();
    assertThat(last).isLessThan(0.95 * plain.get(0).total());
    assertThat(masked.get(2).total()).isCloseTo(last, within(1e-3 * last));
  }

  private static List<Losses> losses(StyleTransfer.Builder builder) {
    List<Losses> losses = new ArrayList<>();
    try (StyleTransfer job = builder.content(CONTENT).style(STYLE).build()) {
      job.run(step -> losses.add(step.losses()));
    }
    return losses;
  }

  /** The masks' edges lie at odd columns, so that a pooled mask has halves. */
  @ParameterizedTest
  @EnumSource(value = StyleForm.class, mode = Mode.EXCLUDE, names = "WASSERSTEIN")
  void theStyleLossIsThatOfGuidedGramMatricesInDoublePrecision(StyleForm form) {
    Masks masks = Masks.of(split(40, 33, 13, ONE, TWO), List.of(split(36, 39, 21, TWO, ONE)));
    Map<Vgg19Layer, double[]> painted = features(CONTENT);
    Map<Vgg19Layer, double[]> painting = features(STYLE);
    double expected = 0;
    for (Vgg19Layer layer : LAYERS.keySet()) {
      for (boolean left : new boolean[] {true, false}) {
        expected +=
            LAYERS.get(layer)
                * guidedLoss(
                    form,
                    new Guided(layer, painted.get(layer), CONTENT, 13, left),
                    new Guided(layer, painting.get(layer), STYLE, 21, !left));
      }
    }
    expected *= recipe(form).style().weight();
    double tolerance = GoldenTolerances.of(backend.precision()).losses();
    try (StyleTransfer job = job(recipe(form), masks)) {
      assertThat(job.evaluate(CONTENT).style()).isCloseTo(expected, within(tolerance * expected));
    }
  }

  private Map<Vgg19Layer, double[]> features(Image image) {
    Map<Vgg19Layer, double[]> features = new EnumMap<>(Vgg19Layer.class);
    try (Arena arena = recording.backend().openArena("features")) {
      Tape tape = new Tape(recording.backend(), arena);
      vgg.run(
          tape,
          tape.constant(ImageNetInput.upload(recording.backend(), arena, image)),
          recipe(StyleForm.RELATIVE).padding(),
          recipe(StyleForm.RELATIVE).pooling(),
          LAYERS.keySet(),
          (layer, map) -> features.put(layer, download(map.value())));
    }
    return features;
  }

  private double[] download(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    recording.backend().download(values, tensor);
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** A layer of a picture that a column divides, and the side that is looked at. */
  private record Guided(
      Vgg19Layer layer, double[] features, Image picture, int column, boolean left) {

    Shape shape() {
      Shape whole = Shape.features(layer.outChannels(), picture.height(), picture.width());
      return layer == Vgg19Layer.CONV1_1 ? whole : whole.pooled();
    }

    /** Returns how much of a column of the map lies on this side. */
    double mask(int x) {
      int covered = layer == Vgg19Layer.CONV1_1 ? 1 : 2;
      double onLeft = Math.max(0, Math.min(1, (double) (column - x * covered) / covered));
      return left ? onLeft : 1 - onLeft;
    }

    double sum() {
      double sum = 0;
      for (int i = 0; i < shape().area(); i++) {
        sum += mask(i % shape().w());
      }
      return sum;
    }

    double share() {
      return sum() / shape().area();
    }

    /** Returns the Gram matrix summed over this side, times a factor. */
    double[] gram(double factor) {
      double[] inside = features.clone();
      for (int i = 0; i < inside.length; i++) {
        inside[i] *= Math.sqrt(mask(i % shape().w()));
      }
      return Reference64.gram(inside, shape(), factor);
    }
  }

  /** Sums count as though a side were the whole picture, means as they are; a side as its area. */
  private static double guidedLoss(StyleForm form, Guided painted, Guided painting) {
    Shape shape = painted.shape();
    return painted.share()
        * switch (form) {
          case ABSOLUTE ->
              error(painted.gram(1 / painted.share()), painting.gram(1 / painting.share()))
                  / shape.size();
          case RELATIVE -> {
            double[] target = painting.gram(1 / painting.sum());
            double[] nothing = new double[target.length];
            yield error(painted.gram(1 / painted.sum()), target) / error(target, nothing);
          }
          case MEAN_GRAM ->
              error(
                  painted.gram(1 / (shape.c() * painted.sum())),
                  painting.gram(1 / (shape.c() * painting.sum())));
          case WASSERSTEIN -> throw new IllegalArgumentException("has no regions");
        };
  }

  private static double error(double[] a, double[] b) {
    return Reference64.meanSquaredError(a, b, 1);
  }

  /** The painting is red at the left and blue at the right, and the photograph's mask turned. */
  @Test
  void eachRegionTakesItsColoursFromItsOwn() {
    Image gray = FlatPictures.image(36, 32, (x, y) -> 0x808080);
    Image painting = split(32, 32, 16, 0xD02020, 0x2020D0);
    Masks masks = Masks.of(split(36, 32, 18, TWO, ONE), List.of(split(32, 32, 16, ONE, TWO)));
    Recipe recipe =
        recipe(StyleForm.RELATIVE)
            .withStages(new Stages.Single(20))
            .withContentWeight(0)
            .withLearningRate(0.1);
    Image result;
    try (StyleTransfer job =
        StyleTransfer.on(vgg).recipe(recipe).content(gray).style(painting).masks(masks).build()) {
      result = job.run();
    }
    assertThat(redness(result, 0, 15)).as("left half").isLessThan(-0.1);
    assertThat(redness(result, 21, 36)).as("right half").isGreaterThan(0.1);
  }

  /** Returns the mean of red minus blue in some columns. */
  private static double redness(Image image, int from, int to) {
    double sum = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = from; x < to; x++) {
        sum += image.get(0, y, x) - image.get(2, y, x);
      }
    }
    return sum / (image.height() * (to - from));
  }

  @Test
  void severalPaintingsAndStagesTakeWhatWasPlanned() {
    startAfresh();
    Image larger = picture(1, 56, 46);
    Masks masks =
        Masks.of(
            split(56, 46, 31, ONE, TWO),
            List.of(split(36, 39, 10, ONE, TWO), split(50, 60, 20, TWO, ONE)));
    Recipe recipe = recipe(StyleForm.ABSOLUTE).withStages(new Stages.Ladder(32, 2, List.of(2, 2)));
    try (StyleTransfer job =
        StyleTransfer.on(vgg)
            .recipe(recipe)
            .content(larger)
            .styles(List.of(STYLE, picture(3, 50, 60)))
            .masks(masks)
            .build()) {
      long planned = job.peakBytes();
      job.run(Step::image);
      assertThat(planned).isEqualTo(recording.peakBytes() + backend.workspaceBytes());
    }
  }

  @Test
  void aJobWithMasksThatDoNotFitIsRefused() {
    Masks masks = Masks.of(split(40, 20, 13, ONE, TWO), List.of(split(36, 39, 21, TWO, ONE)));
    Recipe recipe = recipe(StyleForm.RELATIVE);
    assertThatThrownBy(() -> job(recipe, masks))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("proportions");
  }
}
