package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.RoundingBackend;
import dev.nst.transfer.TransferContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class Bf16TransferTest extends TransferContract {

  @Override
  protected Backend openBackend() {
    return RoundingBackend.open("cpu-vector", Precision.BF16);
  }
}
