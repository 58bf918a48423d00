package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.GradientContract;
import dev.nst.cuda.emulation.OnEmulatedCuda;

@OnEmulatedCuda
class Fp32GradientContractTest extends GradientContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.FP32);
  }
}
