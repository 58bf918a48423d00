package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import dev.nst.transfer.TransferContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
@OnEmulatedCuda
class Tf32TransferTest extends TransferContract {

  @Override
  protected Backend openBackend() {
    return TestDevices.open(Precision.TF32);
  }
}
