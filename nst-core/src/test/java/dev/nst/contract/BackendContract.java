package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import net.jqwik.api.Example;

/**
 * What every {@link dev.nst.backend.Backend} must do: each kernel against {@link Reference64} over
 * shapes with odd sizes and single pixels, memory, recordings, and kernels that read what others
 * wrote. A backend's test extends this and opens it.
 */
public abstract class BackendContract extends BackendSuite
    implements MemoryContract,
        ConvolutionContract,
        ImageConvolutionContract,
        ActivationContract,
        MatrixContract,
        ElementwiseContract,
        LossContract,
        OptimizerContract,
        LbfgsContract,
        AlgebraContract,
        PictureContract,
        LossScalingContract,
        RecordingContract,
        RangeContract,
        ExtremesContract,
        SizesContract,
        ChainContract {

  @Example
  void aBackendOpensAndClosesWhileAnotherWorks() {
    double[] values = {1, 2, 3, 4, 5, 6};
    Shape shape = Shape.features(1, 2, 3);
    Tensor kept = bench().features(shape, values);
    for (int round = 0; round < 3; round++) {
      Backend second = openBackend();
      try (Workbench other = new Workbench(second, tolerances(second))) {
        Tensor x = other.features(shape, values);
        Tensor y = other.poisonedFeatures(shape);
        second.add(y, x, x);
        other.checkExact("add on the second backend", Reference64.scale(values, 2), y);
      }
    }
    bench().checkExact("a tensor of the first backend", values, kept);
  }
}
