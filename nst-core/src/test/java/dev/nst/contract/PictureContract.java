package dev.nst.contract;

import dev.nst.autograd.Tape;
import dev.nst.image.Image;
import dev.nst.model.PixelSpace;
import dev.nst.optim.AveragedIterates;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What {@link dev.nst.backend.PictureKernels} must do. */
interface PictureContract extends OnBench {

  @KernelProperty
  default void squaredVariationIsThatOfThePaddedPicture(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.floats(some.shape());
    Tensor image = bench.floats(some.shape(), x);
    Tensor loss = bench.poisonedFloats(Shape.scalar());
    for (float diagonal : new float[] {0, 0.375f}) {
      bench.backend().pictures().squaredVariation(loss, image, 1.5f, diagonal);
      double[] expected = {Reference64.squaredVariation(x, some.shape(), 1.5, diagonal)};
      bench.check("squaredVariation", bench.tolerances().sums(), expected, loss);
    }
    bench.checkExact("squaredVariation leaves x alone", x, image);
  }

  @KernelProperty
  default void squaredVariationBackwardPullsNeighboursTogether(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.floats(shape);
    double[] before = values.floats(shape);
    float straight = values.factor();
    float diagonal = values.factor();
    float gradLoss = values.factor();
    double[] expected =
        ReferenceGradients64.squaredVariation(x, shape, gradLoss, straight, diagonal);
    double strength = 4 * Math.abs(straight) + 8 * Math.abs(diagonal);
    double magnitude = 4 * Math.abs(gradLoss) * strength * Workbench.largest(x);
    Tensor image = bench.floats(shape, x);
    Tensor seed = bench.floats(Shape.scalar(), gradLoss);
    Tensor dx = bench.poisonedFloats(shape);
    Tolerance tolerance = Tolerances.FLOAT32;
    bench.backend().pictures().squaredVariationBackward(dx, image, seed, straight, diagonal, false);
    bench.check("squaredVariationBackward", tolerance, expected, magnitude, dx);
    bench.put(dx, before);
    bench.backend().pictures().squaredVariationBackward(dx, image, seed, straight, diagonal, true);
    bench.check(
        "squaredVariationBackward, added",
        tolerance,
        Reference64.add(before, expected),
        magnitude + Workbench.largest(before),
        dx);
    bench.checkExact("squaredVariationBackward leaves x alone", x, image);
  }

  @KernelProperty
  default void clampChannelsHoldsEachChannelToItsRange(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.gaussian(Reference64.size(shape), 1);
    double[] low = values.gaussian(shape.c(), 0.5);
    double[] high = new double[shape.c()];
    for (int c = 0; c < high.length; c++) {
      high[c] = low[c] + 0.5 * (c % 3);
    }
    Tensor image = bench.floats(shape, x);
    float[] least = Workbench.single(low);
    float[] most = Workbench.single(high);
    bench.backend().pictures().clampChannels(image, least, most);
    double[] expected = x.clone();
    for (int i = 0; i < x.length; i++) {
      int c = i / shape.area() % shape.c();
      expected[i] = Math.min(Math.max(x[i], least[c]), most[c]);
    }
    bench.checkExact("clampChannels", expected, image);
  }

  @Example
  default void clampChannelsShowsANaNInsteadOfHidingIt() {
    Workbench bench = bench();
    Tensor image = bench.floats(Shape.features(3, 1, 1), 7, Double.NaN, -7);
    bench.backend().pictures().clampChannels(image, new float[] {0, 0, 0}, new float[] {1, 1, 1});
    bench.checkExact("clampChannels", new double[] {1, Double.NaN, 0}, image);
  }

  @KernelProperty
  default void replicateEdgesCopiesTheNearestPixelAndItsGradientComesBackToIt(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape wide = new Shape(shape.n(), shape.c(), shape.h() + 2, shape.w() + 2);
    double[] x = values.floats(shape);
    Tensor image = bench.floats(shape, x);
    Tensor y = bench.poisonedFloats(wide);
    bench.backend().pictures().replicateEdges(y, image);
    bench.checkExact("replicateEdges", Reference64.pad(x, shape), y);
    bench.checkExact("replicateEdges leaves x alone", x, image);
    double[] dy = values.gaussian(Reference64.size(wide), 1);
    double[] expected = ReferenceGradients64.pad(dy, shape);
    Tensor gradient = bench.floats(wide, dy);
    Tensor dx = bench.poisonedFloats(shape);
    bench.backend().pictures().replicateEdgesBackward(dx, gradient);
    double magnitude = 9 * Workbench.largest(dy);
    bench.check("replicateEdgesBackward", Tolerances.FLOAT32, expected, magnitude, dx);
    bench.checkExact("replicateEdgesBackward leaves dy alone", dy, gradient);
  }

  @KernelProperty
  default void cropEdgesKeepsWhatIsInsideAndItsGradientIsZeroOutside(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    Shape wide = new Shape(shape.n(), shape.c(), shape.h() + 2, shape.w() + 2);
    double[] x = values.features(wide);
    double[] inner = new double[Reference64.size(shape)];
    double[] kept = new double[x.length];
    for (int i = 0; i < inner.length; i++) {
      int line = i / shape.w() / shape.h() * wide.h() + i / shape.w() % shape.h() + 1;
      int at = line * wide.w() + i % shape.w() + 1;
      inner[i] = x[at];
      kept[at] = x[at];
    }
    Tensor map = bench.features(wide, x);
    Tensor y = bench.poisonedFeatures(shape);
    bench.backend().pictures().cropEdges(y, map);
    bench.checkExact("cropEdges", inner, y);
    bench.checkExact("cropEdges leaves x alone", x, map);
    Tensor dx = bench.poisonedFeatures(wide);
    bench.backend().pictures().cropEdgesBackward(dx, y);
    bench.checkExact("cropEdgesBackward", kept, dx);
  }

  @Example
  default void anAverageOfIteratesIsCorrectedForItsStart() {
    Workbench bench = bench();
    Shape shape = Shape.features(3, 2, 3);
    Values values = new Values(3, bench.backend().featureType());
    AveragedIterates average = new AveragedIterates(bench.backend(), bench.arena(), shape, 0.9);
    double[] sum = new double[Reference64.size(shape)];
    double weight = 0;
    for (int step = 0; step < 5; step++) {
      double[] x = values.gaussian(sum.length, 1);
      sum = Reference64.add(Reference64.scale(sum, 0.9), Reference64.scale(x, 0.1));
      weight = 0.9 * weight + 0.1;
      average.add(bench.floats(shape, x));
      Tensor found = bench.poisonedFloats(shape);
      average.get(found);
      double[] expected = Reference64.scale(sum, 1 / weight);
      bench.check("AveragedIterates", bench.tolerances().sums(), expected, 4, found);
    }
    average.restart();
    double[] x = values.gaussian(sum.length, 1);
    average.add(bench.floats(shape, x));
    Tensor found = bench.poisonedFloats(shape);
    average.get(found);
    bench.check("AveragedIterates, restarted", bench.tolerances().sums(), x, 4, found);
  }

  @Example
  default void aPictureIsTheSameInEveryPixelSpace() {
    Workbench bench = bench();
    Image image = Image.of(3, 2, SyntheticImages.image(4, 2, 3));
    double[] rgb = Workbench.wide(image.toChw());
    for (PixelSpace from : PixelSpace.values()) {
      Tensor tensor = from.upload(bench.backend(), bench.arena(), image);
      double[] back = Workbench.wide(from.download(bench.backend(), tensor).toChw());
      Tensor uploaded = bench.floats(tensor.shape(), rgb);
      bench.check("there and back from " + from, Tolerances.FLOAT32, back, 1, uploaded);
      for (PixelSpace to : PixelSpace.values()) {
        Tape tape = new Tape(bench.backend(), bench.arena());
        Tensor mapped = from.to(to, tape, tape.constant(tensor)).value();
        double[] expected = bench.read(to.upload(bench.backend(), bench.arena(), image));
        bench.check(from + " to " + to, Tolerances.FLOAT32, expected, 255, mapped);
      }
    }
  }

  @Example
  default void aClampedPictureIsVisibleInEveryPixelSpace() {
    Workbench bench = bench();
    for (PixelSpace space : PixelSpace.values()) {
      Tensor image = bench.floats(Shape.features(3, 1, 2), -900, 900, -900, 900, -900, 900);
      space.clamp(bench.backend(), image);
      Tape tape = new Tape(bench.backend(), bench.arena());
      Tensor rgb = space.to(PixelSpace.RGB, tape, tape.constant(image)).value();
      double[] expected = {0, 1, 0, 1, 0, 1};
      bench.check("clamp in " + space, Tolerances.FLOAT32, expected, 1, rgb);
    }
  }
}
