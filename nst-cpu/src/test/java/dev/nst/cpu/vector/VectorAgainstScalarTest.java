package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.LargeShapesContract;

class VectorAgainstScalarTest extends LargeShapesContract {

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }

  @Override
  protected Backend openReference() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
