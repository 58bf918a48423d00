package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;

@OnEmulatedCuda
class Bf16BackendContractTest extends SlowSizesContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.BF16);
  }
}
