package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import dev.nst.transfer.Vgg19Contract;

@OnEmulatedCuda
class Bf16Vgg19Test extends Vgg19Contract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.BF16);
  }
}
