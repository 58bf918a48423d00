package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.contract.GradientContract;
import dev.nst.contract.RoundingBackend;

class Fp16GradientContractTest extends GradientContract {

  @Override
  protected Backend openBackend() {
    return new RoundingBackend(Backends.open("cpu", BackendOptions.defaults()), Precision.FP16);
  }
}
