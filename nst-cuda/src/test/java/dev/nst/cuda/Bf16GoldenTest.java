package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import dev.nst.transfer.GoldenContract;

@OnEmulatedCuda
class Bf16GoldenTest extends GoldenContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.BF16);
  }
}
