package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.BackendContract;

/** The contract where convolutions between maps are direct ones too. */
class VectorDirectContractTest extends BackendContract {

  @Override
  protected Backend openBackend() {
    // Read when the backend is opened; tests run one after the other.
    String before = System.setProperty(Convolution.WINOGRAD_PROPERTY, "false");
    try {
      return Backends.open("cpu-vector", BackendOptions.defaults());
    } finally {
      if (before == null) {
        System.clearProperty(Convolution.WINOGRAD_PROPERTY);
      } else {
        System.setProperty(Convolution.WINOGRAD_PROPERTY, before);
      }
    }
  }
}
