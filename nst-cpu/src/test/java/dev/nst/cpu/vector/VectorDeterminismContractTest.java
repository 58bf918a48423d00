package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.contract.DeterminismContract;
import java.util.Optional;

class VectorDeterminismContractTest extends DeterminismContract {

  @Override
  protected Optional<Backend> openWithThreads(int threads) {
    // More than the machine has, too, which options would refuse.
    return Optional.of(new VectorBackend(Optional.empty(), threads));
  }
}
