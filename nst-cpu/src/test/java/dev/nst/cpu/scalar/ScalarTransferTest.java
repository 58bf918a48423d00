package dev.nst.cpu.scalar;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.transfer.TransferContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class ScalarTransferTest extends TransferContract {
  @Override
  protected Backend openBackend() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
