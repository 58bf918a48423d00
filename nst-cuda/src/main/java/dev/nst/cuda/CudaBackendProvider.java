package dev.nst.cuda;

import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;

/**
 * Stands for the NVIDIA backend, {@code cuda}, which this version does not have: the probe says so,
 * whatever devices the machine has, so that a user who asks for it learns why it is not there.
 */
public final class CudaBackendProvider implements BackendProvider {

  private static final Availability.Unavailable ABSENT =
      new Availability.Unavailable(
          "the CUDA backend is not part of this version of nst",
          "use --backend cpu-vector, the fastest one it has",
          true);

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int rank() {
    return 100;
  }

  @Override
  public Availability probe() {
    return ABSENT;
  }

  /**
   * Refuses.
   *
   * @throws NstException always
   */
  @Override
  public Backend open(BackendOptions options) {
    throw new NstException(
        "Backend 'cuda' is unavailable: " + ABSENT.reason() + "; " + ABSENT.remedy() + ".");
  }
}
