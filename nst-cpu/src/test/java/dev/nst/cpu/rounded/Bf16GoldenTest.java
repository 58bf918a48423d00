package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.RoundingBackend;
import dev.nst.transfer.GoldenContract;

class Bf16GoldenTest extends GoldenContract {

  @Override
  protected Backend openBackend() {
    return RoundingBackend.open("cpu-vector", Precision.BF16);
  }
}
