package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.DeterminismContract;
import java.util.Optional;

class VectorDeterminismContractTest extends DeterminismContract {

  @Override
  protected Optional<Backend> openWithThreads(int threads) {
    return Optional.of(Backends.open("cpu-vector", BackendOptions.defaults().withThreads(threads)));
  }
}
