package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import dev.nst.transfer.MaskContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
@OnEmulatedCuda
class Fp32MaskTest extends MaskContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.FP32);
  }
}
