package dev.nst.backend;

import dev.nst.NstException;

/**
 * What a caller may ask of a backend when opening it.
 *
 * @param precision arithmetic of convolutions and matrix products
 * @param threads worker threads of a CPU backend; 0 means one for each physical core
 */
public record BackendOptions(Precision precision, int threads) {

  /** Name of the system property that gives the number of worker threads. */
  public static final String THREADS_PROPERTY = "nst.threads";

  /** Validates the number of threads. */
  public BackendOptions {
    if (threads < 0) {
      throw new NstException("the number of threads must be at least 1, got " + threads + ".");
    }
  }

  /**
   * Returns float32 and the number of threads that {@code -Dnst.threads} asks for, or one for each
   * physical core.
   *
   * @throws NstException if the property is no positive whole number
   */
  public static BackendOptions defaults() {
    String threads = System.getProperty(THREADS_PROPERTY);
    if (threads == null) {
      return new BackendOptions(Precision.FP32, 0);
    }
    try {
      int count = Integer.parseInt(threads.strip());
      if (count > 0) {
        return new BackendOptions(Precision.FP32, count);
      }
    } catch (NumberFormatException e) {
      // falls through to the one message that fits both cases
    }
    throw new NstException(
        "-D" + THREADS_PROPERTY + " must be a whole number of at least 1, got '" + threads + "'.");
  }

  /** Returns these options with another number of threads. */
  public BackendOptions withThreads(int count) {
    return new BackendOptions(precision, count);
  }
}
