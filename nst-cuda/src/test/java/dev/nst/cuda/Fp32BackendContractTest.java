package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.BackendContract;
import dev.nst.cuda.emulation.OnEmulatedCuda;

@OnEmulatedCuda
class Fp32BackendContractTest extends BackendContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.FP32);
  }
}
