package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.RoundingBackend;
import dev.nst.transfer.GoldenContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class Fp16GoldenTest extends GoldenContract {

  @Override
  protected Backend openBackend() {
    return RoundingBackend.open("cpu-vector", Precision.FP16);
  }
}
