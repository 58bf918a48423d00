package dev.nst.cpu.vector;

import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Detail;
import java.util.List;

/**
 * Offers the backend {@code cpu-vector}, which needs the incubating Vector API. This class itself
 * does not, so that it can say what is missing.
 */
public final class VectorBackendProvider implements BackendProvider {

  static final String NAME = "cpu-vector";

  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Unavailable(
          "the JVM was started without the module " + MODULE,
          "add --add-modules " + MODULE + " to the java command (the nst launcher does)",
          false);
    }
    try {
      return VectorBackend.probe();
    } catch (LinkageError e) {
      return new Unavailable(
          "this JVM's " + MODULE + " differs from the one nst was built for (" + e + ")",
          "use JDK 17 to 25",
          false);
    }
  }

  @Override
  public List<Detail> details() {
    boolean available = probe() instanceof Availability.Available;
    return available ? VectorDetails.list() : List.of();
  }

  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Unavailable no) {
      throw new NstException(
          "Backend '" + NAME + "' is unavailable: " + no.reason() + "; " + no.remedy() + ".");
    }
    return VectorBackend.open(options);
  }
}
