package dev.nst.cpu.rounded;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.contract.GradientContract;
import dev.nst.contract.RoundingBackend;

class Fp16GradientContractTest extends GradientContract {

  @Override
  protected Backend openBackend() {
    return RoundingBackend.open("cpu", Precision.FP16);
  }
}
