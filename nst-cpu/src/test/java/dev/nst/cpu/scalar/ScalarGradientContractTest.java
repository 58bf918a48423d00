package dev.nst.cpu.scalar;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.GradientContract;

class ScalarGradientContractTest extends GradientContract {

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
