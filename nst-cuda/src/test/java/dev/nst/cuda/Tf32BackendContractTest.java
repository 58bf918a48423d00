package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;

@OnEmulatedCuda
class Tf32BackendContractTest extends SlowSizesContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.TF32);
  }
}
