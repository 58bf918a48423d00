package dev.nst.backend;

import java.util.List;

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
   * Tells what the backend is made of on this machine: devices, libraries and where they were
   * found, versions. Empty unless there is something to tell. Never throws; what cannot be found
   * out is told as that.
   */
  default List<Detail> details() {
    return List.of();
  }

  /**
   * Opens the backend.
   *
   * @throws dev.nst.NstException if it is unavailable or does not support an option, saying what is
   *     possible
   */
  Backend open(BackendOptions options);
}
