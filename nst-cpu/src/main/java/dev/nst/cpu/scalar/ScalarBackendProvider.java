package dev.nst.cpu.scalar;

import dev.nst.backend.Availability;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Detail;
import dev.nst.cpu.HeapMemory;
import java.util.List;

/** Offers the backend {@code cpu}, which every JVM can run. */
public final class ScalarBackendProvider implements BackendProvider {

  static final String NAME = "cpu";

  static final String DESCRIPTION = "plain Java, one thread, float32";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability.Available(DESCRIPTION);
  }

  @Override
  public List<Detail> details() {
    return List.of(HeapMemory.detail());
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ScalarBackend(options);
  }
}
