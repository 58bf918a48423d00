package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.contract.BackendContract;
import dev.nst.contract.RoundingBackend;

class Fp16ContractTest extends BackendContract {

  @Override
  protected Backend openBackend() {
    return new RoundingBackend(Backends.open("cpu", BackendOptions.defaults()), Precision.FP16);
  }
}
