package dev.nst.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.model.Vgg19Layer;
import dev.nst.model.VggArchitecture;
import dev.nst.tensor.Shape;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast network in double precision, against the kernels that are written like formulas. */
class Vgg19Reference64Test {

  private static final Shape PICTURE = Shape.features(3, 16, 19);

  private final Vgg19Reference64 network = new Vgg19Reference64(SyntheticWeights.source(), PICTURE);

  private static double[] weights(Vgg19Layer layer) {
    return Workbench.wide(SyntheticWeights.values(VggArchitecture.VGG19.weightName(layer)));
  }

  private static double[] random(int size) {
    return new Random(1).doubles(size, -1, 1).toArray();
  }

  private static boolean startsBlock(Vgg19Layer layer) {
    return switch (layer) {
      case CONV2_1, CONV3_1, CONV4_1, CONV5_1 -> true;
      default -> false;
    };
  }

  private static Vgg19Layer before(Vgg19Layer layer) {
    return Vgg19Layer.values()[layer.ordinal() - 1];
  }

  @Test
  void eachMapIsTheRectifiedConvolutionOfTheOneBefore() {
    double[] picture = random(Reference64.size(PICTURE));
    Map<Vgg19Layer, double[]> maps = network.maps(picture);
    double[] x = picture;
    Shape shape = PICTURE;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (startsBlock(layer)) {
        x = Reference64.maxPool(x, shape, 1);
        shape = shape.pooled();
      }
      double[] bias =
          Workbench.wide(SyntheticWeights.values(VggArchitecture.VGG19.biasName(layer)));
      x = Reference64.relu(Reference64.conv3x3(x, shape, weights(layer), bias));
      shape = shape.withChannels(layer.outChannels());
      assertThat(network.shape(layer)).isEqualTo(shape);
      assertThat(maps.get(layer)).as("%s", layer).containsExactly(x, within(1e-12));
    }
  }

  @Test
  void theGradientIsThatOfEachLayerInTurn() {
    Map<Vgg19Layer, double[]> maps = network.maps(random(Reference64.size(PICTURE)));
    Vgg19Layer tap = Vgg19Layer.CONV5_4;
    double[] seed = random(Reference64.size(network.shape(tap)));
    double[] dy = seed;
    for (int i = tap.ordinal(); i >= 0; i--) {
      Vgg19Layer layer = Vgg19Layer.values()[i];
      Shape in = network.shape(layer).withChannels(layer.inChannels());
      double[] masked = ReferenceGradients64.relu(dy, maps.get(layer));
      dy = ReferenceGradients64.conv3x3(masked, in, weights(layer), layer.outChannels());
      if (startsBlock(layer)) {
        Vgg19Layer before = before(layer);
        dy = ReferenceGradients64.maxPool(dy, maps.get(before), network.shape(before), 1);
      }
    }
    assertThat(network.gradient(tap, seed, maps)).containsExactly(dy, within(1e-12));
  }
}
