package dev.nst.backend;

/**
 * Offers one backend to {@link Backends}, which finds providers with {@link
 * java.util.ServiceLoader}.
 */
public interface BackendProvider {

  /**
   * Returns the name by which a user asks for the backend: {@code cpu}, {@code cpu-vector}, {@code
   * cuda}.
   */
  String name();

  /** Returns the preference among available backends; the highest wins. */
  int rank();

  /** Says whether the backend can be opened on this machine. Never throws. */
  Availability probe();

  /**
   * Opens the backend.
   *
   * @throws dev.nst.NstException if it is unavailable or does not support an option, saying what is
   *     possible
   */
  Backend open(BackendOptions options);
}
