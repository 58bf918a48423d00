package dev.nst.cpu.scalar;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.transfer.StageContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class ScalarStageTest extends StageContract {

  @Override
  protected Backend openBackend() {
    return Backends.open("cpu", BackendOptions.defaults());
  }
}
