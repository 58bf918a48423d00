package dev.nst.backend;

import dev.nst.NstException;
import java.util.Objects;
import java.util.Optional;

/**
 * What a caller may ask of a backend when opening it.
 *
 * @param precision arithmetic of convolutions and matrix products; empty for the backend's own
 *     choice: the fastest that its device does well
 * @param threads worker threads of a CPU backend, at most one for each processor that this JVM may
 *     use; 0 means one for each physical core
 */
public record BackendOptions(Optional<Precision> precision, int threads) {

  /** Name of the system property that gives the number of worker threads. */
  public static final String THREADS_PROPERTY = "nst.threads";

  /**
   * Validates the number of threads.
   *
   * @throws NstException if it is negative or more than the processors
   */
  public BackendOptions {
    Objects.requireNonNull(precision, "precision");
    if (threads < 0 || threads > processors()) {
      throw refused("The number of threads", Integer.toString(threads));
    }
  }

  /**
   * Returns the backend's own choice of precision and the number of threads that {@code
   * -Dnst.threads} asks for, or one for each physical core.
   *
   * @throws NstException if the property is no whole number from 1 to that of the processors
   */
  public static BackendOptions defaults() {
    String threads = System.getProperty(THREADS_PROPERTY);
    if (threads == null) {
      return new BackendOptions(Optional.empty(), 0);
    }
    try {
      int count = Integer.parseInt(threads.strip());
      if (count > 0 && count <= processors()) {
        return new BackendOptions(Optional.empty(), count);
      }
    } catch (NumberFormatException e) {
      // falls through to the one message that fits all cases
    }
    throw refused("-D" + THREADS_PROPERTY, threads);
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static NstException refused(String what, String value) {
    int most = processors();
    String possible =
        most == 1
            ? "1, as this JVM may use 1 processor"
            : "from 1 to " + most + ", as this JVM may use " + most + " processors";
    return new NstException(what + " must be " + possible + "; got '" + value + "'.");
  }

  /** Returns these options with another precision. */
  public BackendOptions withPrecision(Precision wanted) {
    return new BackendOptions(Optional.of(wanted), threads);
  }

  /**
   * Returns these options with another number of threads.
   *
   * @throws NstException if it is negative or more than the processors
   */
  public BackendOptions withThreads(int count) {
    return new BackendOptions(precision, count);
  }
}
