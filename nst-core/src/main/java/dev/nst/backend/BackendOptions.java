package dev.nst.backend;

import dev.nst.NstException;
import java.util.Objects;
import java.util.Optional;

/**
 * What a caller may ask of a backend when opening it.
 *
 * @param precision arithmetic of convolutions and matrix products; empty for the backend's own
 *     choice: the fastest that its device does well
 * @param threads worker threads of a CPU backend; 0 means one for each physical core; at most 1024
 *     or four times the processors, whichever is more
 */
public record BackendOptions(Optional<Precision> precision, int threads) {

  /** Name of the system property that gives the number of worker threads. */
  public static final String THREADS_PROPERTY = "nst.threads";

  /** Threads that are never too many; beyond that, a multiple of the processors is the limit. */
  private static final int ALWAYS_ALLOWED = 1024;

  /** Validates the number of threads. */
  public BackendOptions {
    Objects.requireNonNull(precision, "precision");
    if (threads < 0 || threads > maxThreads()) {
      throw new NstException(
          "The number of threads must be from 1 to " + maxThreads() + ", got " + threads + ".");
    }
  }

  private static int maxThreads() {
    return Math.max(ALWAYS_ALLOWED, 4 * Runtime.getRuntime().availableProcessors());
  }

  /**
   * Returns the backend's own choice of precision and the number of threads that {@code
   * -Dnst.threads} asks for, or one for each physical core.
   *
   * @throws NstException if the property is no whole number from 1 to the limit: 1024, or four
   *     times the processors where that is more
   */
  public static BackendOptions defaults() {
    String threads = System.getProperty(THREADS_PROPERTY);
    if (threads == null) {
      return new BackendOptions(Optional.empty(), 0);
    }
    try {
      int count = Integer.parseInt(threads.strip());
      if (count > 0 && count <= maxThreads()) {
        return new BackendOptions(Optional.empty(), count);
      }
    } catch (NumberFormatException e) {
      // falls through to the one message that fits all cases
    }
    throw new NstException(
        "-D"
            + THREADS_PROPERTY
            + " must be a whole number from 1 to "
            + maxThreads()
            + ", got '"
            + threads
            + "'.");
  }

  /** Returns these options with another precision. */
  public BackendOptions withPrecision(Precision wanted) {
    return new BackendOptions(Optional.of(wanted), threads);
  }

  /** Returns these options with another number of threads. */
  public BackendOptions withThreads(int count) {
    return new BackendOptions(precision, count);
  }
}
