package dev.nst.cpu.scalar;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.BackendContract;

class ScalarBackendContractTest extends BackendContract {

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
