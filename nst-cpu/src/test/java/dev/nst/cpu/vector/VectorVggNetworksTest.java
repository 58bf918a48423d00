package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.transfer.VggNetworksContract;

class VectorVggNetworksTest extends VggNetworksContract {
  @Override
  protected Backend openBackend() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }
}
