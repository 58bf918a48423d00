package dev.nst.cpu.scalar;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.transfer.MaskContract;

class ScalarMaskTest extends MaskContract {

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
