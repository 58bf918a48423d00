package dev.nst.cpu.vector;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.DeterminismContract;
import java.util.Optional;

class VectorDeterminismTest extends DeterminismContract {

  @Override
  protected Optional<Backend> openWithThreads(int threads) {
    BackendOptions options = BackendOptions.defaults().withThreads(threads);
    return Optional.of(Backends.open("cpu-vector", options));
  }
}
