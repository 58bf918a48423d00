package dev.nst.contract;

import dev.nst.tensor.Shape;
import net.jqwik.api.Example;

/**
 * What other contracts say of kernels that look at a pixel's neighbours or sum over all pixels, at
 * the sizes where tiles, rows and segments begin and end: every size up to one tile and a pixel
 * more, and long, thin pictures.
 */
interface SizesContract
    extends ConvolutionContract, ImageConvolutionContract, ActivationContract, MatrixContract {

  /** The sides of the largest tile that convolutions are cut into, with its margin and one more. */
  int LARGEST = 9;

  int LONG = 4096;

  @Example
  default void everySizeUpToATileIsRight() {
    for (int h = 1; h <= LARGEST; h++) {
      for (int w = 1; w <= LARGEST; w++) {
        checkSize(17, h, w, 7);
      }
    }
  }

  @Example
  default void thinPicturesAreRight() {
    checkSize(5, LONG + 1, 1, 6);
    checkSize(5, 1, LONG, 6);
    checkSize(5, LONG, 2, 6);
    checkSize(5, 3, LONG - 1, 6);
  }

  private void checkSize(int inChannels, int height, int width, int outChannels) {
    Shape shape = Shape.features(inChannels, height, width);
    MapCase some = new MapCase(shape, outChannels, height * 10_000L + width);
    conv3x3IsTheCrossCorrelationPlusBias(some);
    conv3x3ReluIsTheRectifiedConvolution(some);
    conv3x3BackwardIsTheTransposedConvolutionWithoutBias(some);
    conv3x3ReluBackwardPassesOnlyWhereTheOutputIsAboveZero(some);
    bench().clear();
    conv3x3TakesAFloat32Image(some);
    conv3x3BackwardGivesAFloat32ImageItsGradient(some);
    bench().clear();
    gramHoldsTheProductsOfEveryTwoChannels(some);
    gramBackwardMultipliesWithTheGradientAndItsTranspose(some);
    bench().clear();
    if (Math.min(height, width) > 1) {
      maxPoolTakesTheLargestOfEachWindow(some);
      maxPoolBackwardPaysTheFirstMaximumOfEachWindow(some);
      averagePoolTakesTheMeanOfEachWindow(some);
      averagePoolBackwardPaysAQuarterToEachPosition(some);
      bench().clear();
    }
  }
}
