package dev.nst.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.Mse;
import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import dev.nst.weights.WeightSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a float32 backend must reach through the whole of VGG-19: the map of every layer, and the
 * gradient of the picture for a content loss and for a style loss there, against {@link
 * Vgg19Reference64}. The losses' targets are the maps of a second picture, as in a transfer.
 *
 * <p>The gradient jumps where a ReLU's input is zero or two numbers of a pooling window are equal.
 * Of six pictures tried, each with about a million of those, two had one that rounding decides, and
 * it alone changed gradients by up to half a percent of their norm. So the maps are checked first,
 * which leaves the backend no other decisions than those, and then the reference passes gradients
 * back as the backend's maps say: both take the gradient of the same smooth piece. The report says
 * how many decisions that were, and what the errors would be if the reference kept to its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ImageGradientContract {

  /** The most that a gradient's error may be, of the gradient's norm. */
  private static final double GRADIENT = 2e-5;

  /** The most that a number of a map may be off, of the map's root mean square. */
  private static final double MAP = 1e-4;

  private final ToleranceUse use = new ToleranceUse();
  private final ToleranceUse useOfOwnDecisions = new ToleranceUse();
  private Backend backend;
  private Vgg19 vgg;
  private Arena session;
  private Tensor picture;
  private Vgg19Reference64 reference;
  private Map<Vgg19Layer, double[]> maps;
  private Map<Vgg19Layer, double[]> exactMaps;
  private Map<Vgg19Layer, double[]> targets;
  private int decidedByRounding;

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  /** Returns the network's weights. */
  protected abstract WeightSource weights();

  /** Returns the picture whose gradient is taken. */
  protected abstract Image picture();

  /** Returns a picture of the same size, whose maps are the targets of the losses. */
  protected abstract Image target();

  @BeforeAll
  void runForward() {
    WeightSource weights = weights();
    backend = openBackend();
    vgg = Vgg19.of(backend, weights);
    session = backend.openArena("session");
    picture = ImageNetInput.upload(backend, session, picture());
    maps = mapsOf(picture);
    targets = mapsOf(ImageNetInput.upload(backend, session, target()));
    reference = new Vgg19Reference64(weights, picture.shape());
    exactMaps = reference.maps(download(picture));
    decidedByRounding = reference.decisionsApart(maps, exactMaps);
  }

  @ParameterizedTest
  @EnumSource
  void everyMapIsThatOfTheNetworkInDoublePrecision(Vgg19Layer tap) {
    double[] exact = exactMaps.get(tap);
    double[] actual = maps.get(tap);
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      double error = Math.abs(actual[i] - exact[i]);
      // Written so that a NaN counts as the worst.
      worst = error <= worst ? worst : error;
    }
    double share = worst / (norm(exact) / Math.sqrt(exact.length));
    use.note(tap + ", map", share / MAP);
    assertThat(share).as("largest error").isLessThanOrEqualTo(MAP);
  }

  @ParameterizedTest
  @EnumSource
  void theGradientOfAContentLossIsThatOfTheNetworkInDoublePrecision(Vgg19Layer tap) {
    double[] target = targets.get(tap);
    checkGradient(
        tap,
        "content",
        (tape, features, step) ->
            Mse.apply(tape, features, upload(step, reference.shape(tap), target), 1),
        ReferenceGradients64.meanSquaredError(exactMaps.get(tap), target, 1, 1));
  }

  @ParameterizedTest
  @EnumSource
  void theGradientOfAStyleLossIsThatOfTheNetworkInDoublePrecision(Vgg19Layer tap) {
    Shape shape = reference.shape(tap);
    Shape square = Shape.matrix(shape.c(), shape.c());
    float scale = 1f / shape.area();
    double[] gram = Reference64.gram(exactMaps.get(tap), shape, scale);
    // Rounded, as the backend gets it.
    double[] target =
        Workbench.wide(Workbench.single(Reference64.gram(targets.get(tap), shape, scale)));
    double[] gradGram = ReferenceGradients64.meanSquaredError(gram, target, 1, 1);
    checkGradient(
        tap,
        "style",
        (tape, features, step) ->
            GramMse.apply(tape, features, upload(step, square, target), scale, 1),
        ReferenceGradients64.gram(gradGram, exactMaps.get(tap), shape, scale));
  }

  /** Records a loss of a map. */
  private interface Loss {
    Variable apply(Tape tape, Variable features, Arena step);
  }

  /**
   * Compares gradients of the picture.
   *
   * @param exactGradient of the loss with respect to the map, in double precision
   */
  private void checkGradient(Vgg19Layer tap, String name, Loss loss, double[] exactGradient) {
    double[] actual = gradient(tap, loss);
    double error = relativeError(reference.gradient(tap, exactGradient, maps), actual);
    use.note(tap + ", " + name, error / GRADIENT);
    if (decidedByRounding > 0) {
      double[] own = reference.gradient(tap, exactGradient, exactMaps);
      useOfOwnDecisions.note(tap + ", " + name, relativeError(own, actual) / GRADIENT);
    }
    assertThat(error).as("error, of the gradient's norm").isLessThanOrEqualTo(GRADIENT);
  }

  private double[] gradient(Vgg19Layer tap, Loss loss) {
    try (Arena step = backend.openArena("step")) {
      Tape tape = new Tape(backend, step);
      Variable leaf = tape.leaf(picture);
      vgg.run(
          tape,
          leaf,
          Pooling.MAX,
          EnumSet.of(tap),
          (layer, features) -> tape.backward(loss.apply(tape, features, step), 1));
      return download(tape.gradient(leaf));
    }
  }

  private Map<Vgg19Layer, double[]> mapsOf(Tensor image) {
    Map<Vgg19Layer, double[]> result = new EnumMap<>(Vgg19Layer.class);
    try (Arena step = backend.openArena("maps")) {
      Tape tape = new Tape(backend, step);
      vgg.run(
          tape,
          tape.constant(image),
          Pooling.MAX,
          EnumSet.allOf(Vgg19Layer.class),
          (layer, features) -> result.put(layer, download(features.value())));
    }
    return result;
  }

  private Tensor upload(Arena arena, Shape shape, double[] values) {
    Tensor tensor = arena.allocate(shape);
    backend.upload(tensor, Workbench.single(values));
    return tensor;
  }

  private double[] download(Tensor tensor) {
    float[] values = new float[Reference64.size(tensor.shape())];
    backend.download(values, tensor);
    return Workbench.wide(values);
  }

  private static double norm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static double relativeError(double[] exact, double[] actual) {
    double[] difference = Reference64.add(actual, Reference64.scale(exact, -1));
    return norm(difference) / norm(exact);
  }

  @AfterAll
  void reportAndClose() {
    if (backend == null) {
      return;
    }
    System.out.print(
        use.report(
            "image gradients (of %.0e) and maps (of %.0e) on '%s'"
                .formatted(GRADIENT, MAP, backend.description())));
    System.out.print(
        useOfOwnDecisions.report(
            "the same without following the backend's decisions, of which rounding made %d"
                .formatted(decidedByRounding)));
    vgg.close();
    session.close();
    backend.close();
  }
}
