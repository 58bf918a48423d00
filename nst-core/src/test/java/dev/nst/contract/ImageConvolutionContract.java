package dev.nst.contract;

import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.ForAll;

/**
 * What the convolution kernels must do between a float32 image of few channels and a feature map,
 * which on most devices differ in type and layout.
 */
interface ImageConvolutionContract extends OnBench {

  /** Grey, RGB, RGB with alpha. */
  int[] IMAGE_CHANNELS = {1, 3, 4};

  @KernelProperty
  default void conv3x3TakesAFloat32Image(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    for (int channels : IMAGE_CHANNELS) {
      Shape shape = some.shape().withChannels(channels);
      Filter filter = bench.filter(values, some.channels(), channels);
      double[] x = values.floats(shape);
      double[] expected = filter.convolve(x, shape);
      double magnitude = filter.magnitude(x, shape);
      Tolerance tolerance = bench.tolerances().products();
      Tensor image = bench.floats(shape, x);
      Tensor y = bench.poisonedFeatures(shape.withChannels(some.channels()));
      bench.backend().conv3x3(y, image, filter.prepared());
      bench.check("conv3x3 of an image", tolerance, expected, magnitude, y);
      bench.checkExact("conv3x3 leaves the image alone", x, image);
      Tensor z = bench.poisonedFeatures(shape.withChannels(some.channels()));
      bench.backend().conv3x3Relu(z, image, filter.prepared());
      bench.check("conv3x3Relu of an image", tolerance, Reference64.relu(expected), magnitude, z);
      bench.checkExact("conv3x3Relu leaves the image alone", x, image);
    }
  }

  @KernelProperty
  default void conv3x3BackwardGivesAFloat32ImageItsGradient(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    for (int channels : IMAGE_CHANNELS) {
      Shape shape = some.shape().withChannels(channels);
      Shape out = shape.withChannels(some.channels());
      Filter filter = bench.filter(values, some.channels(), channels);
      double[] y = Reference64.relu(values.features(out));
      double[] dy = values.features(out);
      double magnitude = filter.magnitudeBack(dy, shape);
      Tolerance tolerance = bench.tolerances().products();
      Tensor gradOutput = bench.features(out, dy);
      Tensor dx = bench.poisonedFloats(shape);
      bench.backend().conv3x3Backward(dx, gradOutput, filter.prepared());
      bench.check(
          "conv3x3Backward to an image", tolerance, filter.convolveBack(dy, shape), magnitude, dx);
      bench.checkExact("conv3x3Backward leaves dy alone", dy, gradOutput);
      Tensor output = bench.features(out, y);
      Tensor da = bench.poisonedFloats(shape);
      bench.backend().conv3x3ReluBackward(da, gradOutput, output, filter.prepared());
      bench.check(
          "conv3x3ReluBackward to an image",
          tolerance,
          filter.convolveBack(ReferenceGradients64.relu(dy, y), shape),
          magnitude,
          da);
      bench.checkExact("conv3x3ReluBackward leaves y alone", y, output);
    }
  }
}
