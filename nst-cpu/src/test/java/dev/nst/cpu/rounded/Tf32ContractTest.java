package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.BackendContract;
import dev.nst.contract.RoundingBackend;

class Tf32ContractTest extends BackendContract {

  @Override
  protected Backend openBackend() {
    return RoundingBackend.open("cpu", Precision.TF32);
  }
}
